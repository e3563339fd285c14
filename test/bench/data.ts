// SPDX-License-Identifier: MIT
// What a state sends to user space, and what it is given from there, against the same by raw generic netlink.

import { interleave, type Row } from './ratio.ts'
import { Stopwatch } from './stopwatch.ts'

const ROUNDS = { warmUp: 20, rounds: 100 }
/** Messages of one burst, as data.c has it. */
export const BURST = 64

export async function* data(): AsyncGenerator<Row> {
  const stopwatch = new Stopwatch('data')
  const each = async (operation: string): Promise<number> => (await stopwatch.time(operation, 1)) / BURST
  const against = 'raw unicast of the same'
  const pairs = (operation: string) =>
    interleave(
      ROUNDS,
      () => each(operation),
      () => each('unicast'),
    )
  yield { name: 'data to user space, 1 KiB', against, limit: 1.5, unit: 'µs', pairs: await pairs('from-state') }
  // Lua has taken it and answered when the call returns, so that it is no like for like.
  yield { name: 'data from user space, 1 KiB', against, limit: undefined, unit: 'µs', pairs: await pairs('to-state') }
  await stopwatch.close()
}
