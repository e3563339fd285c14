// SPDX-License-Identifier: MIT
// Requests that are wrong in random ways do no harm, to states and to pages.

import assert from 'node:assert/strict'
import { behaviour, run } from '../e2e/guest.ts'
import { kstateLoaded } from '../e2e/kstate.ts'
import { FUZZ_MS, PAGE_SECONDS, SECONDS, SEED } from './time.ts'

kstateLoaded()

for (const [family, seconds] of [['lunatik', SECONDS], ['kstate', PAGE_SECONDS]] as const) {
  behaviour(`requests to ${family} that are wrong in random ways are answered or passed over, and leave nothing (seeds from ${SEED})`, async () => {
    const { status, stdout, stderr } = await run(['build/test/requests', family, String(SEED), String(seconds)], { ms: FUZZ_MS })
    const [seed] = /seed \d+(?=\n(?!seed))/.exec(stdout) ?? []
    assert.deepEqual({ status, stderr }, { status: 0, stderr: '' }, seed)
    const [, taken, refused] = /\n(\d+) taken, (\d+) refused\n$/.exec(stdout) ?? []
    // Both, or they would not be near enough to right ones, or not far enough.
    assert.ok(Number(taken) > 100 && Number(refused) > 100, stdout)
    process.stdout.write(`  ${taken} taken, ${refused} refused\n`)
  }, FUZZ_MS)
}
