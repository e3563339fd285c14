// SPDX-License-Identifier: MIT
// What the C library does, from Node: operations against a round trip to nlctrl on a raw socket, messages against the same
// by raw generic netlink.

import type { Message, Session } from '../../native/addon/index.ts'
import { BURST } from './data.ts'
import { AGAINST, BATCH, ROUNDS } from './operations.ts'
import { interleave, type Pair, type Row } from './ratio.ts'
import { Stopwatch } from './stopwatch.ts'

const STATE = 'bench-node'

const LIMIT = 3
const AT_ONCE = 100
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

async function* awaited(session: Session): AsyncGenerator<Row> {
  const stopwatch = new Stopwatch('operations')
  const empty = (): Promise<unknown> => session.run(STATE, '')
  const operations = [
    { name: 'show a state, Node', operation: () => session.show(STATE), batch: BATCH, each: 1 },
    { name: 'do an empty chunk, Node', operation: empty, batch: BATCH, each: 1 },
    {
      name: `the same, ${AT_ONCE} at once`,
      operation: () => Promise.all(Array.from({ length: AT_ONCE }, empty)),
      batch: 1,
      each: AT_ONCE,
    },
  ]
  for (const { name, operation, batch, each } of operations) {
    await warmUp(operation)
    const pairs = await interleave(
      ROUNDS,
      async () => (await time(operation, batch)) / each,
      () => stopwatch.time('nlctrl', BATCH * LIMIT),
    )
    yield { name, against: AGAINST, limit: LIMIT, unit: 'µs', pairs }
  }
  await stopwatch.close()
}

const SCRIPT = `
  message = ('x'):rep(1024)
  function burst() for i = 1, ${BURST} do lunatik.send(message) end end
  function receive_callback() end`
const MESSAGE = new Uint8Array(1024)
const MESSAGE_ROUNDS = { warmUp: 20, rounds: 100 }

async function takeBurst(session: Session, messages: AsyncIterator<Message, undefined>): Promise<void> {
  await session.run(STATE, 'burst()')
  for (let i = 0; i < BURST; i++) {
    const { value } = await messages.next()
    if (value?.data.length !== MESSAGE.length) throw new Error('that is not what was sent')
  }
}

async function sendBurst(session: Session): Promise<void> {
  for (let i = 0; i < BURST; i++) await session.send(STATE, MESSAGE)
}

async function* messages(session: Session): AsyncGenerator<Row> {
  const stopwatch = new Stopwatch('data')
  const received = session.receive(STATE)
  const against = async (): Promise<number> => (await stopwatch.time('unicast', 1)) / BURST
  const bursts = {
    'data to Node, 1 KiB': () => takeBurst(session, received),
    'data from Node, 1 KiB': () => sendBurst(session),
  }
  for (const [name, burst] of Object.entries(bursts)) {
    await warmUp(burst)
    const pairs: Pair[] = await interleave(MESSAGE_ROUNDS, async () => (await time(burst, 1)) / BURST, against)
    yield { name, against: 'raw unicast of the same', limit: undefined, unit: 'µs', pairs }
  }
  await received.return?.()
  await stopwatch.close()
}

export async function* fromNode(session: Session): AsyncGenerator<Row> {
  await session.newState(STATE, { handle: false })
  await session.run(STATE, SCRIPT)
  yield* awaited(session)
  yield* messages(session)
  await session.closeState(STATE)
}
