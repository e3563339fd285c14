// SPDX-License-Identifier: MIT

import type { Session, StateInfo } from '../client.ts'
import type { Context } from '../context.ts'
import { isCode } from '../errors.ts'
import { EXIT, type ExitStatus } from '../exit.ts'
import type { Options } from '../options.ts'
import { printStatesAsJson } from '../output/states.ts'

// Somebody else may make and close the state between our two questions, but hardly that often.
const ATTEMPTS = 3

export async function command([name = '']: readonly string[], options: Options, context: Context): Promise<ExitStatus> {
  return context.withSession(async (session) => {
    const { state, made } = options.ifMissing
      ? await makeIfMissing(session, name, options)
      : { state: await make(session, name, options), made: true }
    tell(state, made, options, context)
    if (context.json) printStatesAsJson([state], session, context)
    return EXIT.ok
  })
}

async function make(session: Session, name: string, { maxalloc }: Options): Promise<StateInfo> {
  const { attributes } = await session.newState(name, { handle: false, ...(maxalloc !== undefined && { maxalloc }) })
  return attributes
}

async function makeIfMissing(
  session: Session,
  name: string,
  options: Options,
): Promise<{ state: StateInfo; made: boolean }> {
  for (let attempt = 1; ; attempt++) {
    try {
      return { state: await make(session, name, options), made: true }
    } catch (error) {
      if (!isCode(error, 'EEXIST')) throw error
    }
    try {
      return { state: await session.show(name), made: false }
    } catch (error) {
      if (!isCode(error, 'ENOENT') || attempt === ATTEMPTS) throw error
    }
  }
}

function tell(state: StateInfo, made: boolean, { maxalloc }: Options, context: Context): void {
  if (made) context.note(`${state.name}: made, maxalloc ${state.maxalloc}`)
  else if (maxalloc === undefined || maxalloc === state.maxalloc) context.note(`${state.name}: exists already`)
  else context.warn(`${state.name}: exists already, with maxalloc ${state.maxalloc} and not ${maxalloc}`)
}
