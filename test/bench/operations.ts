// SPDX-License-Identifier: MIT
// Operations by the C library against a round trip to nlctrl on a raw socket.

import { interleave, type Row } from './ratio.ts'
import { Stopwatch } from './stopwatch.ts'

export const AGAINST = 'raw round trip to nlctrl'
/** Some 300 µs: less than a scheduler's slice, so that most batches run whole, whatever else the machine has to do. */
export const BATCH = 16
export const ROUNDS = { warmUp: 50, rounds: 400 }

/** As many as take as long as a batch of what they are compared with, once they hold. */
function batchOf(limit: number): number {
  return Math.round(BATCH / limit)
}

const IN_C = [
  { name: 'show a state, C', operation: 'show', limit: 1.2 },
  { name: 'do an empty chunk, C', operation: 'run-empty', limit: 1.4 },
  { name: 'new state and close, C', operation: 'new-and-close', limit: 8 },
] as const

export async function* operations(): AsyncGenerator<Row> {
  const stopwatch = new Stopwatch('operations')
  for (const { name, operation, limit } of IN_C) {
    const pairs = await interleave(
      ROUNDS,
      () => stopwatch.time(operation, batchOf(limit)),
      () => stopwatch.time('nlctrl', BATCH),
    )
    yield { name, against: AGAINST, limit, unit: 'µs', pairs }
  }
  await stopwatch.close()
}
