// SPDX-License-Identifier: MIT

import type { Context } from '../context.ts'
import { EXIT, type ExitStatus } from '../exit.ts'
import type { Options } from '../options.ts'

export async function command([name = '']: readonly string[], _: Options, context: Context): Promise<ExitStatus> {
  return context.withSession(async (session) => {
    await session.abort(name)
    context.note(`${name}: aborted`)
    return EXIT.ok
  })
}
