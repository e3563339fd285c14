// SPDX-License-Identifier: MIT
// Scripts that eat memory: none gets a byte above its limit, each gets Lua's own error, and all is back when the state
// goes. And memory that is refused at every single place where one asks for it.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { behaviour, failureOf, SLOWNESS, type Place } from '../e2e/guest.ts'
import { attacks } from './attack.ts'
import { allocations, failAllocations } from './witness.ts'

const KIB = 1024
const MIB = 1024 * KIB

attacks('memory')

/** A bit of everything that allocates. */
const VARIETY = readFileSync('test/attacks/variety.lua', 'utf8')

async function heldAfter({ session }: Place, state: string): Promise<number> {
  const [held] = (await session.run(state, 'for i = 1, 10 do collectgarbage() end return lunatik.curralloc()', { budget: 20 * SLOWNESS })).values
  assert.ok(typeof held === 'number')
  return held
}

/** It may fail for want of memory, and for nothing else. */
async function starve({ session }: Place, state: string): Promise<boolean> {
  const error = await failureOf(session.run(state, VARIETY, { budget: 20 * SLOWNESS }))
  if (error === undefined) return false
  assert.equal(error.code, 'ECANCELED', error.detail)
  assert.match(error.message, /not enough memory|no memory/)
  return true
}

for (const [times, count] of Object.entries({ once: 1, twice: 2, 'from then on': 1e9 })) {
  behaviour(`every single allocation of a script fails, one after the other, ${times}`, async (place) => {
    const { session } = place
    const state = await place.newState()
    await starve(place, state)
    const before = await heldAfter(place, state)
    let failures = 0
    let first = 1
    for (let refused = 1; refused > 0; first++) {
      await failAllocations(first, count)
      if (await starve(place, state)) failures++
      refused = (await allocations()).refused
      await failAllocations(0, 0)
      if (first % 20 !== 0) continue
      const held = await heldAfter(place, state)
      assert.ok(held <= before + 2 * KIB, `after ${first} it holds ${held} bytes, not ${before}`)
    }
    assert.ok(first > 100, `it allocates only ${first} times`)
    assert.ok(count === 1 || failures > 0, 'none of them mattered')
    process.stdout.write(`  ${first} allocations refused ${times}: the script failed ${failures} times\n`)
    assert.deepEqual((await session.run(state, 'return 1 + 1')).values, [2])
  })
}

behaviour('a limit that is raised by a few bytes at a time is met everywhere', async (place) => {
  const { session } = place
  const state = await place.newState({ maxalloc: 64 * KIB })
  await starve(place, state)
  const before = await heldAfter(place, state)
  // What is filled leaves as little as wanted, and one string more or less makes all the difference.
  await session.run(state, 'function fill(room) held = {} while lunatik.maxalloc() - lunatik.curralloc() > room + 200 do held[#held + 1] = ("x"):rep(100) .. #held end end')
  let failures = 0
  for (let room = 0; room < 12_000; room += 48) {
    await failureOf(session.run(state, `fill(${room})`, { budget: 20 * SLOWNESS }))
    if (await starve(place, state)) failures++
    const { curralloc, peak, maxalloc } = await session.show(state)
    assert.ok(curralloc <= maxalloc && peak <= maxalloc)
    await session.run(state, 'held = nil')
  }
  assert.ok(failures > 5, `only ${failures} failed`)
  await session.run(state, 'fill = nil')
  assert.ok((await heldAfter(place, state)) < before + 4 * KIB)
})

behaviour('the limit is one of Lua: a script may hold nearly all of it', async (place) => {
  const { session } = place
  const maxalloc = 8 * MIB
  const name = await place.newState({ maxalloc })
  const { values } = await session.run(name, `
    local t = {}
    local ok = pcall(function() while true do t[#t + 1] = ("x"):rep(4000) .. #t end end)
    local held = lunatik.curralloc()
    t = nil collectgarbage()
    return ok, held`, { budget: 20 * SLOWNESS })
  const [ok, held] = values
  assert.equal(ok, false)
  assert.ok(typeof held === 'number')
  assert.ok(held > 0.9 * maxalloc, `${held} of ${maxalloc}`)
  assert.ok((await session.show(name)).curralloc < 64 * KIB)
})

behaviour('what one state eats is not missing in another', async (place) => {
  const { session } = place
  const [hungry, other] = [await place.newState({ maxalloc: 8 * MIB }), await place.newState()]
  await failureOf(session.run(hungry, 't = {} for i = 1, math.huge do t[i] = ("x"):rep(100) .. i end', { budget: 20 * SLOWNESS }))
  assert.deepEqual((await session.run(other, 'local t = {} for i = 1, 1000 do t[i] = {} end return #t')).values, [1000])
})

behaviour('memory that a script gives up goes back to the machine', async (place) => {
  const { session } = place
  const name = await place.newState({ maxalloc: 64 * MIB })
  const before = (await session.info()).memory
  await session.run(name, 't = {} for i = 1, 100 do t[i] = ("x"):rep(100000) .. i end', { budget: 20 * SLOWNESS })
  const held = (await session.info()).memory
  assert.ok(held > before + 9_000_000, `${held} ${before}`)
  await session.run(name, 't = nil collectgarbage()')
  const after = (await session.info()).memory
  assert.ok(after < before + MIB, `${after} of ${held} stay`)
})
