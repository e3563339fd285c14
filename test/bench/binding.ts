// SPDX-License-Identifier: MIT
// What the C library does, from Lua: operations against a round trip to nlctrl on a raw socket, messages against the same by
// raw generic netlink. Nothing is promised of them.

import { BURST } from './data.ts'
import { AGAINST, BATCH, ROUNDS } from './operations.ts'
import { interleave, type Row } from './ratio.ts'
import { Stopwatch } from './stopwatch.ts'

/** As measure.js sees it, from build/bench. */
const PROGRAM = '../../test/bench/binding.lua'

const OPERATIONS = { 'show a state, Lua': 'getcurralloc', 'do an empty chunk, Lua': 'dostring' }
const MESSAGES = { 'data to Lua, 1 KiB': 'from-state', 'data from Lua, 1 KiB': 'to-state' }
const MESSAGE_ROUNDS = { warmUp: 20, rounds: 100 }

export async function* binding(): AsyncGenerator<Row> {
  const lua = new Stopwatch(PROGRAM)
  const raw = new Stopwatch('operations')
  for (const [name, operation] of Object.entries(OPERATIONS)) {
    const pairs = await interleave(ROUNDS, () => lua.time(operation, BATCH), () => raw.time('nlctrl', BATCH))
    yield { name, against: AGAINST, limit: undefined, unit: 'µs', pairs }
  }
  await raw.close()
  const unicast = new Stopwatch('data')
  const each = async (stopwatch: Stopwatch, operation: string): Promise<number> => (await stopwatch.time(operation, 1)) / BURST
  for (const [name, operation] of Object.entries(MESSAGES)) {
    const pairs = await interleave(MESSAGE_ROUNDS, () => each(lua, operation), () => each(unicast, 'unicast'))
    yield { name, against: 'raw unicast of the same', limit: undefined, unit: 'µs', pairs }
  }
  await unicast.close()
  await lua.close()
}
