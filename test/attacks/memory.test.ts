// SPDX-License-Identifier: MIT
// Scripts that eat memory: none gets a byte above its limit, each gets Lua's own error, and all is back when the state
// goes. And memory that is refused at every single place where one asks for it.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { behaviour, eventually, failureOf, Program, SLOWNESS, type Place } from '../e2e/guest.ts'
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

/** As many names, and as many numbers. */
const names = (name: string, count: number): string => Array.from({ length: count }, (_, i) => `${name}${i}`).join(', ')
const numbers = (count: number): string => Array.from({ length: count }, (_, i) => i).join(', ')

/**
 * Is suspended with a closure at the end of its stack, in a place that it has not used itself, of which some variable could not
 * be made: memory is filled, and given back by so much that it is just the variables that are too many.
 */
const HALF_A_CLOSURE = `
  thread = coroutine.running()
  local held
  local function closure() local ${names('v', 30)} = ${numbers(30)} return function() return ${names('v', 30)} end end
  local function fill() while true do held = setmetatable({}, held) end end
  pcall(closure)
  pcall(fill)
  for i = 1, room do held = getmetatable(held) end
  local made = pcall(closure)
  held = nil
  if made == "a frame as large as the other" then local ${names('w', 33)} = ${numbers(33)} end
  print("begun")
  while true do end`

behaviour('a run that was given up leaves nothing that was never whole to those who have kept its thread', async (place) => {
  const { session } = place
  for (const room of [8, 12, 16]) {
    const state = await place.newState()
    await session.run(state, `room = ${room}`)
    const client = new Program(['lunatikctl', 'do', state, '--timeout', '0', '-e', HALF_A_CLOSURE], { ms: 60_000 * SLOWNESS })
    await client.printed('begun\n')
    client.kill('SIGSTOP')
    await session.abort(state)
    await eventually('it is over', async () => (await session.show(state)).inuse === null)
    const { values } = await session.run(state, `
      local _, left = coroutine.close(thread)
      if type(left) == "function" then left() end
      return type(left)`)
    client.kill('SIGKILL')
    await client.ended
    await session.closeState(state)
    assert.deepEqual(values, ['string'], `with room for ${room}`)
  }
}, 120_000 * SLOWNESS)

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
