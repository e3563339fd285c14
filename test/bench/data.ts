// SPDX-License-Identifier: MIT
// What a state sends to user space, against the same by raw generic netlink.

import { interleave, type Row } from './ratio.ts'
import { Stopwatch } from './stopwatch.ts'

const ROUNDS = { warmUp: 20, rounds: 100 }
/** Messages of one burst, as data.c has it. */
export const BURST = 64

export async function* data(): AsyncGenerator<Row> {
  const stopwatch = new Stopwatch('data')
  const each = async (operation: string): Promise<number> => (await stopwatch.time(operation, 1)) / BURST
  const pairs = await interleave(
    ROUNDS,
    () => each('from-state'),
    () => each('unicast'),
  )
  await stopwatch.close()
  yield { name: 'data to user space, 1 KiB', against: 'raw unicast of the same', limit: 1.5, unit: 'µs', pairs }
}
