// SPDX-License-Identifier: MIT
// What every change of a state may be made to depend on, and may leave as its mark.

import { checkBytes } from './check.ts'

export interface Change {
  /** Refuse it (`ESTALE`) where the state is of another generation. */
  readonly expectGeneration?: number | undefined
  /** The generation that the state is of afterwards: more than it was, or `ESTALE`. One more, where absent. */
  readonly generation?: number | undefined
  /** A mark that the state keeps; the same once more is refused (`EALREADY`), so that no step is done twice. */
  readonly step?: Uint8Array | undefined
}

/** As the addon takes it. */
export type ChangeArguments = [
  expectGeneration: number | undefined,
  generation: number | undefined,
  step: Uint8Array | undefined,
]

function checkGeneration(generation: number | undefined, what: string): number | undefined {
  // The first is 1. To the C library 0 would be none.
  if (generation !== undefined && !(Number.isSafeInteger(generation) && generation > 0))
    throw new RangeError(`${what} is no generation: ${String(generation)}`)
  return generation
}

export function changeArguments({ expectGeneration, generation, step }: Change): ChangeArguments {
  checkBytes(step, 'step')
  return [checkGeneration(expectGeneration, 'expectGeneration'), checkGeneration(generation, 'generation'), step]
}
