// SPDX-License-Identifier: MIT
// Scripts that would run for ever, in every place where Lua can be kept busy. Each ends soon after its budget, after
// somebody aborts it, or with whoever runs it; and the state is free at once.

import assert from 'node:assert/strict'
import { behaviour, DEFAULT_BUDGET, failureOf } from '../e2e/guest.ts'
import { attacks, SLACK } from './attack.ts'

attacks('time')

behaviour('a budget that is over at once, or soon, is told as such, again and again in one state', async (place) => {
  const { session } = place
  const name = await place.newState()
  for (const micros of [1, 1, 2, 5, 10, 10, 20, 50, 100, 200, 500, 1000]) {
    for (const code of ['while true do end', 'while true do pcall(error) end', 'string.rep("", 1 << 60)']) {
      const error = await failureOf(session.run(name, code, { budget: micros / 1e6 }))
      assert.equal(error?.code, 'ETIME', `${micros} us of ${code}: ${error?.detail}`)
      assert.match(error.message, /time budget is over$/)
    }
  }
  assert.deepEqual((await session.run(name, 'return 1 + 1')).values, [2])
})

behaviour('what leaves the processor for memory again and again does not miss the end of its budget', async (place) => {
  const name = await place.newState({ maxalloc: 64 << 20 })
  for (let round = 0; round < 12; round++) {
    const began = Date.now()
    const error = await failureOf(place.session.run(name, 'local t = {} while true do pcall(table.unpack, t, 1, 900000) end', { budget: 0.1 }))
    assert.equal(error?.code, 'ETIME', error?.detail)
    assert.ok(Date.now() - began < 1000 * (0.1 + SLACK), `took ${Date.now() - began} ms`)
  }
})

behaviour('without a budget a script has the time it takes', async (place) => {
  const name = await place.newState()
  const { time } = await place.session.run(name, 'local t = os.time() while os.time() < t + 3 do end', { budget: 0 })
  assert.ok(time > 0.9, `${time} s`)
})

behaviour('the module has a budget for who names none', async (place) => {
  const began = Date.now()
  const error = await failureOf(place.session.run(await place.newState(), 'while true do end'))
  assert.equal(error?.code, 'ETIME')
  assert.ok(Date.now() - began >= 990 * DEFAULT_BUDGET)
})
