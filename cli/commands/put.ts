// SPDX-License-Identifier: MIT

import type { Session, StateInfo } from '../client.ts'
import type { Context } from '../context.ts'
import { counted } from '../counted.ts'
import { EXIT, type ExitStatus } from '../exit.ts'
import type { Options } from '../options.ts'
import { printStatesAsJson } from '../output/states.ts'

export async function command([name = '']: readonly string[], options: Options, context: Context): Promise<ExitStatus> {
  return context.withSession(async (session) => {
    const state = await (options.force ? putHandle(session, name, context) : putPin(session, name, context))
    if (context.json) printStatesAsJson([state], session, context)
    return EXIT.ok
  })
}

async function putPin(session: Session, name: string, context: Context): Promise<StateInfo> {
  const state = await session.unpin(name)
  context.note(`${name}: pin given back; ${counted(state.pins, 'pin')} left`)
  return state
}

async function putHandle(session: Session, name: string, context: Context): Promise<StateInfo> {
  const state = await session.putState(name, { force: true })
  context.note(`${name}: handle given back`)
  return state
}
