// SPDX-License-Identifier: MIT

import type { Context } from '../context.ts'
import { EXIT, type ExitStatus } from '../exit.ts'
import type { Options } from '../options.ts'
import { COLUMNS } from '../output/columns.ts'
import { printFields, printStatesAsJson } from '../output/states.ts'

export async function command([name = '']: readonly string[], _: Options, context: Context): Promise<ExitStatus> {
  return context.withSession(async (session) => {
    const state = await session.show(name)
    if (context.json) printStatesAsJson([state], session, context)
    else await printFields(state, COLUMNS, context)
    return EXIT.ok
  })
}
