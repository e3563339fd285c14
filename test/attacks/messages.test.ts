// SPDX-License-Identifier: MIT
// Messages that are wrong in random ways do no harm.

import assert from 'node:assert/strict'
import { behaviour, outputOf, SLOWNESS } from '../e2e/guest.ts'

const COUNT = Math.round(60_000 / SLOWNESS)

for (const seed of [1, 2, Date.now() % 1_000_000]) {
  behaviour(`${COUNT} messages that are wrong in random ways are answered or passed over (seed ${seed})`, async ({ session }) => {
    const told = await outputOf('build/test/messages', String(seed), String(COUNT))
    const [, taken, refused] = /^(\d+) taken, (\d+) refused\n$/.exec(told) ?? []
    // Both, or they would not be near enough to right ones, or not far enough.
    assert.ok(Number(taken) > COUNT / 20 && Number(refused) > COUNT / 20, told)
    // Its handles have gone with it; pins stay.
    for (const { name, pins } of await session.list()) {
      for (let pin = 0; pin < pins; pin++) await session.unpin(name)
      await session.closeState(name)
    }
    const { states, sessions, memory } = await session.info()
    assert.deepEqual({ states, sessions, memory }, { states: 0, sessions: 0, memory: 0 })
  })
}
