// SPDX-License-Identifier: MIT
// Scripts that eat memory: none gets a byte above its limit, each gets Lua's own error, and all is back when the state goes.

import assert from 'node:assert/strict'
import { behaviour, failureOf, SLOWNESS, type Place } from '../e2e/guest.ts'

const KIB = 1024
const MIB = 1024 * KIB

const EATERS: Readonly<Record<string, string>> = {
  'a growing array': 'local t = {} for i = 1, math.huge do t[i] = i end',
  'a growing hash': 'local t = {} for i = 1, math.huge do t["k" .. i] = i end',
  'tables in tables': 'local t = {} while true do t = {t} end',
  'a doubling string': 'local s = "x" while true do s = s .. s end',
  'a growing string': 'local s = "" while true do s = s .. ("x"):rep(1000) end',
  'many strings': 'local t = {} for i = 1, math.huge do t[i] = ("x"):rep(100) .. i end',
  'closures': 'local t = {} for i = 1, math.huge do t[i] = function() return i end end',
  'coroutines': 'local t = {} for i = 1, math.huge do t[i] = coroutine.create(function() end) end',
  'coroutines that wait': 'local t = {} for i = 1, math.huge do t[i] = coroutine.wrap(function() coroutine.yield() end) t[i]() end',
  'string.rep': 'return ("x"):rep(1 << 40)',
  'string.rep with a separator': 'return ("x"):rep(1 << 30, "yy")',
  'table.concat': 'local t = {} for i = 1, 1000 do t[i] = ("x"):rep(10000) end return table.concat(t)',
  'table.pack': 'local t = {} while true do t[#t + 1] = table.pack(table.unpack({}, 1, 250)) end',
  'string.format': 'local s = ("x"):rep(300000) return s .. string.format("%s%s%s%s", s, s, s, s)',
  'gsub that grows': 'return (("x"):rep(100000):gsub("x", ("y"):rep(1000)))',
  'upper of much': 'local t = {} local s = ("x"):rep(200000) while true do t[#t + 1] = s:upper() .. #t end',
  'compiling': 'local t = {} while true do t[#t + 1] = load("local a = " .. ("1 + "):rep(1000) .. "1 return function() return a end") end',
  'upvalues': 'local f = function() end while true do local g = f f = function() return g end end',
  'an error text': 'local s = "x" while true do s = s .. s pcall(error, s) end',
  'a deep recursion with much on the stack': 'local function f(...) return f(1, ...) + 1 end f()',
  'metatables': 'local t = {} while true do t[#t + 1] = setmetatable({}, {}) end',
  'a pcall that swallows': 'local t = {} for i = 1, 100 do pcall(function() while true do t[#t + 1] = {} end end) end error("not enough memory", 0)',
  'a collector that is stopped': 'collectgarbage("stop") local t while true do t = {} end',
  'values to return': 'local t = {} for i = 1, 60000 do t[i] = {} end return t, t, t, ("x"):rep(1 << 40)',
}

const EATEN = /not enough memory|length overflow|resulting string too large|stack overflow|string too long/

async function eat(place: Place, name: string, code: string, maxalloc: number): Promise<void> {
  const { session } = place
  const error = await failureOf(session.run(name, code, { budget: code.includes('"stop"') ? 1 : 20 * SLOWNESS }))
  // A collector that is stopped runs all the same where there is no memory otherwise.
  if (error?.code !== 'ETIME') assert.equal(error?.code, 'ECANCELED', error?.detail)
  if (error.code !== 'ETIME') assert.match(error.message, EATEN)
  const { curralloc, peak, users, inuse } = await session.show(name)
  assert.ok(peak <= maxalloc && curralloc <= maxalloc, `${curralloc} now, ${peak} at most, of ${maxalloc}`)
  assert.deepEqual({ users, inuse }, { users: 1, inuse: null })
  assert.deepEqual((await session.run(name, 'collectgarbage() return 1')).values, [1])
}

for (const [what, code] of Object.entries(EATERS)) {
  behaviour(`${what}: an error at the limit, and not a byte above it`, async (place) => {
    const { memory } = await place.session.info()
    for (const maxalloc of [64 * KIB, MIB]) await eat(place, await place.newState({ maxalloc }), code, maxalloc)
    await place.leave()
    assert.equal((await place.session.info()).memory, memory)
  })
}

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
  await failureOf(session.run(hungry, EATERS['many strings']?.replace('local t', 't') ?? '', { budget: 20 * SLOWNESS }))
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
