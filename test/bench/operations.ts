// SPDX-License-Identifier: MIT
// Operations by the C library, and by Node, against a round trip to nlctrl on a raw socket.

import type { Session } from '../../native/addon/index.ts'
import { interleave, type Row } from './ratio.ts'
import { Stopwatch } from './stopwatch.ts'

const AGAINST = 'raw round trip to nlctrl'
/** A batch takes some milliseconds: long enough for the clock, short enough to find the machine the same for both. */
const BATCH = 50
const ROUNDS = { warmUp: 20, rounds: 100 }

const IN_C = [
  { name: 'show a state, C', operation: 'show', limit: 1.2, batch: BATCH },
  { name: 'do an empty chunk, C', operation: 'run-empty', limit: 1.4, batch: BATCH },
  { name: 'new state and close, C', operation: 'new-and-close', limit: 8, batch: BATCH / 5 },
] as const

export async function* operations(): AsyncGenerator<Row> {
  const stopwatch = new Stopwatch('operations')
  for (const { name, operation, limit, batch } of IN_C) {
    const pairs = await interleave(
      ROUNDS,
      () => stopwatch.time(operation, batch),
      () => stopwatch.time('nlctrl', BATCH),
    )
    yield { name, against: AGAINST, limit, unit: 'µs', pairs }
  }
  await stopwatch.close()
}

const STATE = 'bench-node'

/** Microseconds that each takes when one is awaited after the other. */
async function time(operation: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  for (let i = 0; i < BATCH; i++) await operation()
  return ((performance.now() - began) * 1e3) / BATCH
}

export async function* fromNode(session: Session): AsyncGenerator<Row> {
  const stopwatch = new Stopwatch('operations')
  const inNode = [
    { name: 'show a state, Node', operation: () => session.show(STATE) },
    { name: 'do an empty chunk, Node', operation: () => session.run(STATE, '') },
  ]
  await session.newState(STATE)
  for (const { name, operation } of inNode) {
    const pairs = await interleave(
      ROUNDS,
      () => time(operation),
      () => stopwatch.time('nlctrl', BATCH),
    )
    yield { name, against: AGAINST, limit: 3, unit: 'µs', pairs }
  }
  await session.closeState(STATE)
  await stopwatch.close()
}
