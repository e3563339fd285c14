// SPDX-License-Identifier: MIT
// Operations by the C library, and by Node, against a round trip to nlctrl on a raw socket.

import type { Session } from '../../native/addon/index.ts'
import { interleave, type Row } from './ratio.ts'
import { Stopwatch } from './stopwatch.ts'

const AGAINST = 'raw round trip to nlctrl'
/** Some 300 µs: less than a scheduler's slice, so that most batches run whole, whatever else the machine has to do. */
const BATCH = 16
const ROUNDS = { warmUp: 50, rounds: 400 }

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

const STATE = 'bench-node'

const NODE_LIMIT = 3
/** V8 compiles what runs often, and again what runs very often; an emulated machine takes its time for that. */
const COMPILATION_MS = 3000

async function warmUp(operation: () => Promise<unknown>): Promise<void> {
  const began = performance.now()
  while (performance.now() - began < COMPILATION_MS) await operation()
}

/** Microseconds that each takes when one is awaited after the other; as in C, one before that does not count. */
async function time(operation: () => Promise<unknown>, count: number): Promise<number> {
  await operation()
  const began = performance.now()
  for (let i = 0; i < count; i++) await operation()
  return ((performance.now() - began) * 1e3) / count
}

export async function* fromNode(session: Session): AsyncGenerator<Row> {
  const stopwatch = new Stopwatch('operations')
  const inNode = [
    { name: 'show a state, Node', operation: () => session.show(STATE) },
    { name: 'do an empty chunk, Node', operation: () => session.run(STATE, '') },
  ]
  await session.newState(STATE, { handle: false })
  for (const { name, operation } of inNode) {
    await warmUp(operation)
    const pairs = await interleave(
      ROUNDS,
      () => time(operation, BATCH),
      () => stopwatch.time('nlctrl', BATCH * NODE_LIMIT),
    )
    yield { name, against: AGAINST, limit: NODE_LIMIT, unit: 'µs', pairs }
  }
  await session.closeState(STATE)
  await stopwatch.close()
}
