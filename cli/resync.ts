// SPDX-License-Identifier: MIT
// Events without a gap that nobody knows of: where some were lost, the states as they are then.

import { setImmediate } from 'node:timers/promises'
import type { LunatikEvent, StateInfo } from './client.ts'

export type Told =
  | LunatikEvent
  /** a state that is there, told after events were lost */
  | { readonly type: 'state'; readonly state: StateInfo }
  /** these were all; what comes now happened later */
  | { readonly type: 'resynced'; readonly states: number }

/**
 * What was waiting when events were lost is older than what is lost, and the kernel keeps nothing new until it has been
 * read. So it comes first, and the states are listed when nothing waits any more.
 */
export async function* resynchronised(
  events: AsyncIterableIterator<LunatikEvent, undefined>,
  list: () => Promise<readonly StateInfo[]>,
): AsyncGenerator<Told, void> {
  let behind = false
  try {
    for (;;) {
      const next = events.next()
      if (behind && !(await isThere(next))) {
        behind = false
        yield* present(await list())
      }
      const { value, done } = await next
      if (done) return
      if (value.type === 'overrun') behind = true
      yield value
    }
  } finally {
    await events.return?.()
  }
}

/** A feed has what waits for it before it returns. */
async function isThere(next: Promise<unknown>): Promise<boolean> {
  const settled = next.then(() => true, () => true)
  return Promise.race([settled, setImmediate(false)])
}

function* present(states: readonly StateInfo[]): Generator<Told> {
  for (const state of states) yield { type: 'state', state }
  yield { type: 'resynced', states: states.length }
}
