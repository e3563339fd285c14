// SPDX-License-Identifier: MIT
// Pages by the C library, against what each does at the least.

import { execFileSync } from 'node:child_process'
import { interleave, type Row } from './ratio.ts'
import { Stopwatch } from './stopwatch.ts'

const MODULE = 'build/stock/kstate.ko'
const ROUNDS = { warmUp: 50, rounds: 400 }
const BATCH = 200
/** Of what has to wait for another thread. */
const WAKING_BATCH = 8

const ALONE = [
  { name: 'read a page, 4 KiB, C', operation: 'read', baseline: 'memcpy', against: 'memcpy of the same', limit: 1.25 },
  { name: 'commit a page, 4 KiB, C', operation: 'commit', baseline: 'call-and-copies', against: 'empty ioctl, two copies', limit: 1.5 },
] as const

async function* alone(): AsyncGenerator<Row> {
  const stopwatch = new Stopwatch('pages')
  for (const { name, operation, baseline, against, limit } of ALONE) {
    const pairs = await interleave(ROUNDS, () => stopwatch.time(operation, BATCH), () => stopwatch.time(baseline, BATCH))
    yield { name, against, limit, unit: 'µs', pairs }
  }
  await stopwatch.close()
}

async function* waking(): AsyncGenerator<Row> {
  const stopwatch = new Stopwatch('pages', 'waking')
  const pairs = await interleave(
    ROUNDS,
    () => stopwatch.time('wake-page', WAKING_BATCH),
    () => stopwatch.time('wake-eventfd', WAKING_BATCH),
  )
  yield { name: "wake a page's watcher, and hear of it", against: 'eventfd to poll, likewise', limit: 1.2, unit: 'µs', pairs }
  await stopwatch.close()
}

export async function* pages(): AsyncGenerator<Row> {
  execFileSync('insmod', [MODULE])
  yield* alone()
  yield* waking()
  execFileSync('rmmod', ['kstate'])
}
