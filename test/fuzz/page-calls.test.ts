// SPDX-License-Identifier: MIT
// Calls on pages, and on the files that they are kept in, do no harm, whatever they are.

import assert from 'node:assert/strict'
import { behaviour, eventually, run, SLOWNESS } from '../e2e/guest.ts'
import { kstateLoaded, users } from '../e2e/kstate.ts'
import { FUZZ_MS, PAGE_SECONDS, SEED } from './time.ts'

kstateLoaded()

/** Of a round, which has pages and files of its own. */
const CALLS = Math.round(100_000 / SLOWNESS)

behaviour(`calls on pages at random, of two processes at once, do no harm (seeds from ${SEED})`, async () => {
  const until = Date.now() + PAGE_SECONDS * 1000
  let [seed, taken, refused] = [SEED, 0, 0]
  do {
    const { status, stdout, stderr } = await run(['build/test/page-attacks', 'random', String(CALLS), String(seed)])
    assert.deepEqual({ status, stderr }, { status: 0, stderr: '' }, `seed ${seed}`)
    const [, well, badly] = /^(\d+) taken, (\d+) refused\n$/.exec(stdout) ?? []
    taken += Number(well)
    refused += Number(badly)
    seed++
  } while (Date.now() < until)
  await eventually('no page is left', async () => (await users()) === 0)
  // Both, or they would not be near enough to right ones, or not far enough.
  assert.ok(taken > CALLS / 20 && refused > CALLS / 20, `${taken} taken, ${refused} refused`)
  process.stdout.write(`  ${seed - SEED} rounds: ${taken} taken, ${refused} refused\n`)
}, FUZZ_MS)
