// SPDX-License-Identifier: MIT

import type { Context } from '../context.ts'
import type { ExitStatus } from '../exit.ts'
import { readUpTo } from '../input.ts'
import type { Options } from '../options.ts'
import { formatReply } from '../output/reply.ts'
import { limits, Running } from '../running.ts'

export async function command(
  [name = '', file = '-']: readonly string[],
  options: Options,
  context: Context,
): Promise<ExitStatus> {
  return context.withSession(async (session) => {
    const info = await session.info()
    // One byte more than there may be, by which the module refuses the rest.
    const data = await readUpTo(file, info.dataMax + 1)
    return new Running(session, name, limits(options, info), context).all([
      {
        start: (runOptions) => session.send(name, data, runOptions),
        about: {},
        print: ({ values }) => formatReply(values, context.stdout),
      },
    ])
  })
}
