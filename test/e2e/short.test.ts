// SPDX-License-Identifier: MIT
// Short chunks in small states end within the request that brings them, and the last one is kept compiled. Nobody may notice.

import assert from 'node:assert/strict'
import { behaviour, failureOf, SLOWNESS } from './guest.ts'

// Each is run several times in one state; what it gives has to be what it gives when nothing is kept.
const REPEATED: Readonly<Record<string, readonly [code: string, ...results: readonly unknown[][]]>> = {
  'locals begin anew': ['local n = 0 n = n + 1 return n', [1], [1], [1]],
  'globals stay': ['x = (x or 0) + 1 return x', [1], [2], [3]],
  'an _ENV that was replaced': ['local before = x x = 1 _ENV = {} return before', [null], [1], [1]],
  'an _ENV that was taken away': ['local ok = pcall(function() return x end) _ENV = nil return ok', [true], [true], [true]],
  'closures over locals': ['local n = 0 f = f or function() n = n + 1 return n end return f()', [1], [2], [3]],
  'the chunk as a value': ['last, seen = debug.getinfo(1, "f").func, last return seen == nil or type(seen) == "function"', [true], [true], [true]],
  'varargs': ['return select("#", ...)', [0], [0], [0]],
  'a chunk that calls itself': ['depth = (depth or 0) + 1 if depth % 3 ~= 0 then return debug.getinfo(1, "f").func() end return depth', [3], [6], [9]],
  'string constants': ['local s = "a" s = s .. "b" return s', ['ab'], ['ab'], ['ab']],
  'a collection in between': ['collectgarbage() return (t or {1})[1]', [1], [1], [1]],
  'a goto': ['local i = 0 ::top:: i = i + 1 if i < 3 then goto top end return i', [3], [3], [3]],
}

for (const [what, [code, ...results]] of Object.entries(REPEATED)) {
  behaviour(`a chunk that comes again: ${what}`, async (place) => {
    const name = await place.newState()
    for (const expected of results) assert.deepEqual((await place.session.run(name, code)).values, expected)
  })
}

behaviour('a chunk that comes again under another name tells that name', async (place) => {
  const { session } = place
  const name = await place.newState()
  for (const chunkName of ['@a.lua', '@b.lua', '=c', '@a.lua', '=c']) {
    const error = await failureOf(session.run(name, 'error("x")', { chunkName }))
    assert.equal(error?.message, `${chunkName.slice(1)}:1: x`)
    assert.equal((await session.show(name)).script?.name, chunkName.slice(1))
  }
})

behaviour('chunks that differ in their last byte are two', async (place) => {
  const { session } = place
  const name = await place.newState()
  for (let digit = 0; digit < 10; digit++) assert.deepEqual((await session.run(name, `return 1${digit}`)).values, [10 + digit])
  assert.equal((await failureOf(session.run(name, 'return 1x')))?.code, 'ENOEXEC')
  assert.equal((await failureOf(session.run(name, 'return 1x')))?.code, 'ENOEXEC')
  assert.deepEqual((await session.run(name, 'return 1')).values, [1])
})

behaviour('a chunk that was ended in the middle comes again from its beginning', async (place) => {
  const { session } = place
  const name = await place.newState()
  const code = 'steps = (steps or 0) + 1 local mine = steps while hold do end return mine'
  assert.deepEqual((await session.run(name, code)).values, [1])
  await session.run(name, 'hold = true')
  for (const budget of [1e-6, 1e-5, 1e-4, 1e-3, 0.05]) assert.equal((await failureOf(session.run(name, code, { budget })))?.code, 'ETIME')
  await session.run(name, 'hold = false')
  const [steps] = (await session.run(name, code)).values
  assert.ok(typeof steps === 'number' && steps >= 2 && steps <= 7)
})

behaviour('whatever is longer than a glance goes on where it was', async (place) => {
  const { session } = place
  const name = await place.newState()
  const chunks: Readonly<Record<string, unknown>> = {
    'local s = 0 for i = 1, 100000 do s = s + i end return s': 5000050000,
    'local t = {} for i = 1, 2000 do t[i] = i end table.sort(t, function(a, b) return a > b end) return t[1]': 2000,
    'return (("x"):rep(1000):gsub("x", "yy")):len()': 2000,
    'return select(2, pcall(error, "deep"))': 'deep',
    'local co = coroutine.wrap(function(a) local b = coroutine.yield(a + 1) return b * 2 end) return co(1) + co(10)': 22,
    'local closed = 0 for i = 1, 3 do local g <close> = setmetatable({}, {__close = function() closed = closed + 1 end}) end return closed': 3,
    'return setmetatable({}, {__index = function(_, k) return k .. "!" end}).hello': 'hello!',
    'local t = setmetatable({}, {__lt = function() return true end}) return t < t': true,
    'return tostring(setmetatable({}, {__tostring = function() return "mine" end}))': 'mine',
    'local n = 0 for k in pairs({a = 1, b = 2, c = 3}) do n = n + 1 end return n': 3,
    'return math.floor(3.7) + math.max(1, 2, 3) + #string.format("%5d", 42)': 11,
    'print("x") return 1': 1,
  }
  for (let round = 0; round < 3; round++) {
    for (const [code, expected] of Object.entries(chunks)) assert.deepEqual((await session.run(name, code)).values, [expected], code)
  }
})

behaviour('an error in the first moment, in every place, is told as such', async (place) => {
  const { session } = place
  const name = await place.newState()
  const wrong: Readonly<Record<string, RegExp>> = {
    'local x = nil + 1': /^do:1: attempt to perform arithmetic on a nil value$/,
    'return nil .. "x"': /^do:1: attempt to concatenate a nil value$/,
    'undefined()': /^do:1: attempt to call a nil value \(global 'undefined'\)$/,
    'return #5': /^do:1: attempt to get length of a number value$/,
    'for i = 1, 10, 0 do end': /^do:1: 'for' step is zero$/,
    'local zero = 0 return 1 // zero': /^do:1: attempt to divide by zero$/,
    'local c <close> = 42': /^do:1: variable 'c' got a non-closable value$/,
    'return math.floor("x")': /^do:1: bad argument #1 to 'floor' \(number expected, got string\)$/,
    'return ("x"):bad()': /^do:1: attempt to call a nil value \(method 'bad'\)$/,
    'return 2^53 | 2^64': /^do:1: number has no integer representation$/,
  }
  for (let round = 0; round < 2; round++) {
    for (const [code, message] of Object.entries(wrong)) {
      const error = await failureOf(session.run(name, code))
      assert.equal(error?.code, 'ECANCELED')
      assert.match(error.message, message)
      assert.match(error.detail ?? '', /\nstack traceback:/)
    }
  }
})

behaviour('short chunks in turns with long ones, failing ones and ended ones, a thousand times', async (place) => {
  const { session } = place
  const name = await place.newState()
  await session.run(name, 'count = 0')
  const kinds = [
    { code: 'count = count + 1', end: undefined },
    { code: 'count = count + 1 for i = 1, 3000 do end', end: undefined },
    { code: 'count = count + 1 error("x")', end: 'ECANCELED' },
    { code: 'count = count + 1 return return', end: 'ENOEXEC' },
    { code: 'while true do end', end: 'ETIME' },
    { code: 'while true do pcall(string.rep, "x", 10) end', end: 'ETIME' },
    { code: 'count = count + 1 return {count}', end: undefined },
    { code: 'count = count + 1 print(count)', end: undefined },
  ] as const
  let counted = 0
  let seed = 1
  for (let round = 0; round < 1000; round++) {
    seed = (seed * 16807) % 2147483647
    const { code, end } = kinds[seed % kinds.length] ?? kinds[0]
    const error = await failureOf(session.run(name, code, { budget: end === 'ETIME' ? (seed % 500) / 1e6 + 1e-6 : 5 * SLOWNESS }))
    assert.equal(error?.code, end, `round ${round}: ${code}: ${error?.detail}`)
    if (code.startsWith('count') && end !== 'ENOEXEC') counted++
  }
  assert.deepEqual((await session.run(name, 'return count')).values, [counted])
  const { users, inuse, runs } = await session.show(name)
  assert.deepEqual({ users, inuse, runs }, { users: 1, inuse: null, runs: 1002 })
})
