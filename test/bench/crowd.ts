// SPDX-License-Identifier: MIT
// Whether what is done to a state costs the same where there are many.

import type { Pair, Row } from './ratio.ts'
import { Stopwatch } from './stopwatch.ts'

const ROUNDS = 5
const MANY = 10_000
const FEW = 100

/** Microseconds for each state to be made, listed and closed. */
async function each(stopwatch: Stopwatch, count: number): Promise<readonly [number, number, number]> {
  const create = await stopwatch.time('create', count)
  const list = (await stopwatch.time('list', 1)) / count
  const close = await stopwatch.time('close', count)
  return [create, list, close]
}

export async function* crowd(): AsyncGenerator<Row> {
  const stopwatch = new Stopwatch('crowd')
  const names = ['create', 'list', 'close'] as const
  const pairs: [Pair[], Pair[], Pair[]] = [[], [], []]
  // The first few pay for what is made only once.
  await each(stopwatch, FEW)
  for (let round = 0; round < ROUNDS; round++) {
    const [many, few] = [await each(stopwatch, MANY), await each(stopwatch, FEW)]
    for (const [index, list] of pairs.entries()) list.push([many[index] ?? NaN, few[index] ?? NaN])
  }
  await stopwatch.close()
  for (const [index, name] of names.entries())
    yield { name: `${MANY} states: ${name}, each`, against: `of ${FEW}`, limit: 1.5, unit: 'µs', pairs: pairs[index] ?? [] }
}
