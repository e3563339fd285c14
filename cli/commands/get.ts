// SPDX-License-Identifier: MIT

import type { Context } from '../context.ts'
import { counted } from '../counted.ts'
import { EXIT, type ExitStatus } from '../exit.ts'
import type { Options } from '../options.ts'
import { printStatesAsJson } from '../output/states.ts'

export async function command([name = '']: readonly string[], _: Options, context: Context): Promise<ExitStatus> {
  return context.withSession(async (session) => {
    const state = await session.pin(name)
    context.note(`${name}: pinned; ${counted(state.pins, 'pin')} now`)
    if (context.json) printStatesAsJson([state], session, context)
    return EXIT.ok
  })
}
