// SPDX-License-Identifier: MIT

import type { RunResult } from '../client.ts'
import type { Context } from '../context.ts'
import type { ExitStatus } from '../exit.ts'
import { readUpTo } from '../input.ts'
import type { Options } from '../options.ts'
import { asSent } from '../output/bytes.ts'
import { formatValues } from '../output/lua.ts'
import { limits, Running } from '../running.ts'
import type { Stream } from '../streams.ts'

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
        print: ({ values }) => reply(values, context.stdout),
      },
    ])
  })
}

/** A string alone is what the state answers, byte for byte; other values are shown as `do` shows them. */
function reply(values: RunResult['values'], stdout: Stream): Uint8Array {
  const [only] = values
  const isString = values.length === 1 && (typeof only === 'string' || only instanceof Uint8Array)
  return isString ? asSent(Buffer.from(only), stdout) : formatValues(values, stdout.columns)
}
