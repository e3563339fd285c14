// SPDX-License-Identifier: MIT

import { usageError } from '../errors.ts'
import type { Context } from '../context.ts'
import type { ExitStatus } from '../exit.ts'
import type { Options } from '../options.ts'
import { limits } from '../running.ts'
import { Shell } from '../shell/shell.ts'

export async function command([name = '']: readonly string[], options: Options, context: Context): Promise<ExitStatus> {
  if (context.line) throw usageError('shell', 'a batch has no shell in it')
  return context.withSession(async (session) => {
    const state = await session.show(name)
    const info = await session.info()
    return new Shell(session, state, info, limits(options, info), context).run()
  })
}
