// SPDX-License-Identifier: MIT

import { chunkOfCode, chunkOfFile, type Chunk } from '../chunks.ts'
import type { Session } from '../client.ts'
import type { Context } from '../context.ts'
import { usageError } from '../errors.ts'
import type { ExitStatus } from '../exit.ts'
import type { Options } from '../options.ts'
import { formatValues } from '../output/lua.ts'
import { limits, Running, type Job } from '../running.ts'

export async function command(
  [name = '', ...files]: readonly string[],
  options: Options,
  context: Context,
): Promise<ExitStatus> {
  const codes = options.eval ?? []
  if (files.length === 0 && codes.length === 0) throw usageError('do', 'name a file, - for standard input, or -e CODE')
  if (files.length > 0 && codes.length > 0) throw usageError('do', 'either files or -e CODE')
  return context.withSession(async (session) => {
    const info = await session.info()
    // All are read before the first one runs: half a job is worse than none.
    const chunks = codes.map(chunkOfCode)
    for (const file of files) chunks.push(await chunkOfFile(file, info))
    const jobs = chunks.map((chunk) => jobOf(chunk, session, name, context))
    return new Running(session, name, limits(options, info), context).all(jobs)
  })
}

function jobOf({ name: chunkName, code }: Chunk, session: Session, name: string, { stdout }: Context): Job {
  return {
    start: (options) => session.run(name, code, { ...options, chunkName }),
    // as the listing has it: without Lua's mark
    about: { script: chunkName.slice(1) },
    print: ({ values }) => formatValues(values, stdout.columns),
  }
}
