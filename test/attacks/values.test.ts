// SPDX-License-Identifier: MIT
// Scripts with values that are too large, too small, or not what they seem. What they find out is in the scripts.

import assert from 'node:assert/strict'
import { answers, loaded } from '../e2e/consumer.ts'
import { behaviour, failureOf, SLOWNESS } from '../e2e/guest.ts'
import { attacks } from './attack.ts'

attacks('values')

const BUDGET = 10_000_000 * SLOWNESS

behaviour('what a script finds below it when a module calls it is of no use to it: nothing there trusts its arguments', async (place) => {
  const { session } = place
  await loaded(place)
  await answers('netnewget 0 web 1048576', '0')
  await session.run('web', `
    found = {}
    function probe()
      for level = 0, 9 do
        local info = debug.getinfo(level, "f")
        if info then found[#found + 1] = info.func end
      end
      for _, f in ipairs(found) do
        if f ~= probe then pcall(f) pcall(f, 1) pcall(f, "x", {}) end
      end
    end`)
  await answers(`run 0 ${BUDGET} 0 call probe`, /^0 nil/)
  const error = await failureOf(session.run('web', 'for _, f in ipairs(found) do if f ~= probe then pcall(f) pcall(f, 1) end end return #found'))
  assert.equal(error, undefined)
  await answers(`run 0 ${BUDGET} 0 values -`, '0 table of 3 make 600')
  await answers('putstate 0 1', '1')
  await answers('close web', '0')
})
