// SPDX-License-Identifier: MIT
// Requests that are wrong in random ways do no harm.

import assert from 'node:assert/strict'
import { behaviour, run } from '../e2e/guest.ts'
import { FUZZ_MS, SECONDS, SEED } from './time.ts'

behaviour(`requests that are wrong in random ways are answered or passed over, and leave nothing (seeds from ${SEED})`, async () => {
  const { status, stdout, stderr } = await run(['build/test/requests', String(SEED), String(SECONDS)], { ms: FUZZ_MS })
  const [seed] = /seed \d+(?=\n(?!seed))/.exec(stdout) ?? []
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' }, seed)
  const [, taken, refused] = /\n(\d+) taken, (\d+) refused\n$/.exec(stdout) ?? []
  // Both, or they would not be near enough to right ones, or not far enough.
  assert.ok(Number(taken) > 100 && Number(refused) > 100, stdout)
}, FUZZ_MS)
