// SPDX-License-Identifier: MIT
// What states do in a second, out of what the kernel has counted since they were made.

import type { StateInfo } from '../client.ts'

export interface Activity {
  readonly state: StateInfo
  /** runs in a second; null where it is not known as yet */
  readonly rate: number | null
  /** share of the time that was spent in Lua there, from 0 to 1 */
  readonly lua: number | null
}

/** Seconds: of less, the next event decides what is told. */
const SPAN = 1

interface Known {
  /** with what the next listing is compared */
  readonly before: StateInfo
  readonly activity: Activity
}

/** Compares listings that are at least a second apart, by the states' own ages, which the kernel measures. */
export class Rates {
  #known = new Map<string, Known>()

  of(states: readonly StateInfo[]): Activity[] {
    // Those that are gone are forgotten.
    this.#known = new Map(states.map((state) => [state.name, known(state, this.#known.get(state.name))]))
    return [...this.#known.values()].map(({ activity }) => activity)
  }
}

function known(state: StateInfo, last: Known | undefined): Known {
  // Of an age that is less it is another state by the same name.
  if (!last || state.age < last.before.age) return { before: state, activity: { state, rate: null, lua: null } }
  const { before, activity } = last
  const span = state.age - before.age
  if (span < SPAN) return { before, activity: { ...activity, state } }
  const rate = (state.runs - before.runs) / span
  const lua = (state.runTime - before.runTime) / span
  return { before: state, activity: { state, rate, lua } }
}
