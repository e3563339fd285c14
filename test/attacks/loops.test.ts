// SPDX-License-Identifier: MIT
// Scripts that would run for ever, in every place where Lua can be kept busy. Each ends soon after its budget, or after
// somebody aborts it, and the state is free at once.

import assert from 'node:assert/strict'
import { open } from '../../native/addon/index.ts'
import { behaviour, DEFAULT_BUDGET, failureOf, sleep, SLOWNESS, type Place } from '../e2e/guest.ts'

const MIB = 1024 * 1024
/** Seconds that a script may take beyond its budget: this machine is emulated, and has other work. */
const SLACK = 1.5 * SLOWNESS

const LOOPS: Readonly<Record<string, string>> = {
  'an empty loop': 'while true do end',
  'a loop by goto': '::again:: goto again',
  'a numeric for': 'for i = 1, math.huge do end',
  'a float for': 'for i = 1.0, math.huge, 1e-9 do end',
  'repeat until': 'repeat local x = 1 until false',
  'tail calls': 'local function f() return f() end f()',
  'calls that return': 'local function f() end while true do f() end',
  'calls of a C function': 'while true do math.abs(1) end',
  'a pcall that swallows': 'while true do pcall(function() while true do end end) end',
  'a pcall around every step': 'local function f() while true do end end while true do pcall(pcall, pcall, f) end',
  'an xpcall whose handler goes on': 'local function h() while true do end end while true do xpcall(error, h) end',
  'an xpcall whose handler swallows': 'while true do xpcall(function() while true do end end, function() return 1 end) end',
  'a handler in a handler': 'local function h() error("again") end while true do xpcall(error, h) end',
  'a coroutine': 'coroutine.wrap(function() while true do end end)()',
  'a coroutine that swallows': 'while true do coroutine.resume(coroutine.create(function() pcall(function() while true do end end) end)) end',
  'coroutines that yield to each other': 'local c = coroutine.wrap(function() while true do coroutine.yield() end end) while true do c() end',
  'coroutines in coroutines': 'local function f(n) if n == 0 then while true do end end coroutine.wrap(f)(n - 1) end f(10)',
  'coroutines made without end': 'while true do coroutine.wrap(function() end)() end',
  'a close that loops': 'do local g <close> = setmetatable({}, {__close = function() while true do end end}) error("x") end',
  'a coroutine.close that loops': `local co = coroutine.create(function() local g <close> = setmetatable({}, {__close = function() while true do end end})
    coroutine.yield() end) coroutine.resume(co) coroutine.close(co)`,
  'a sort comparator': 'table.sort({3, 2, 1}, function() while true do end end)',
  'sorts without end': 'local t = {} for i = 1, 1000 do t[i] = i * 7919 % 1000 end while true do table.sort(t, function(a, b) return a > b end) end',
  'a sort with an order that is none': 'local t = {} for i = 1, 50000 do t[i] = i end while true do pcall(table.sort, t, function() return true end) end',
  'a gsub callback': '("x"):gsub("x", function() while true do end end)',
  'a gsub table with __index': '("x"):gsub("x", setmetatable({}, {__index = function() while true do end end}))',
  '__index': 'return setmetatable({}, {__index = function() while true do end end}).x',
  '__newindex': 'setmetatable({}, {__newindex = function() while true do end end}).x = 1',
  '__call': 'setmetatable({}, {__call = function() while true do end end})()',
  '__eq': 'local m = {__eq = function() while true do end end} return setmetatable({}, m) == setmetatable({}, m)',
  '__lt': 'return setmetatable({}, {__lt = function() while true do end end}) < 1',
  '__concat': 'return setmetatable({}, {__concat = function() while true do end end}) .. "x"',
  '__len': 'return #setmetatable({}, {__len = function() while true do end end})',
  '__add': 'return setmetatable({}, {__add = function() while true do end end}) + 1',
  '__tostring in print': 'print(setmetatable({}, {__tostring = function() while true do end end}))',
  '__tostring in format': 'string.format("%s", setmetatable({}, {__tostring = function() while true do end end}))',
  '__pairs': 'for _ in pairs(setmetatable({}, {__pairs = function() while true do end end})) do end',
  '__len in table.insert': 'table.insert(setmetatable({}, {__len = function() while true do end end}), 1)',
  '__index in table.concat': 'table.concat(setmetatable({}, {__len = function() return 1 << 40 end, __index = function() return "" end}))',
  '__index in table.unpack': 'table.unpack(setmetatable({}, {__index = function() while true do end end}), 1, 2)',
  '__index in ipairs': 'for _ in ipairs(setmetatable({}, {__index = function() return 1 end})) do end',
  'an iterator': 'for _ in function() return 1 end do end',
  'next without end': 'local t = {} for i = 1, 1000 do t[i] = i end while true do for _ in next, t do end end',
  'a load reader': 'load(function() while true do end end)',
  'a load reader that gives spaces': 'load(function() return (" "):rep(1000) end)',
  'load of the same again': 'while true do load("return 1") end',
  'string.rep of nothing': '(""):rep(1 << 62)',
  'string.rep again and again': 'while true do ("x"):rep(1 << 20) end',
  'a plain find in long text': 'local s = ("a"):rep(1 << 20) .. "b" while true do s:find(("a"):rep(1 << 16) .. "c", 1, true) end',
  'a pattern that backtracks': '("a"):rep(40):find(("a-"):rep(40) .. "b")',
  'a pattern that backtracks by stars': '("a"):rep(1 << 18):find(".*.*.*.*b")',
  'a balanced match': 'while true do ("("):rep(1 << 18):find("%b()") end',
  'a frontier': 'while true do ("a"):rep(1 << 20):find("%f[b]") end',
  'gmatch over nothing': 'while true do for _ in ("a"):rep(1 << 16):gmatch("()") do end end',
  'gsub of every byte': 'local s = ("a"):rep(1 << 20) while true do s:gsub(".", "b") end',
  'gsub of one long match': 'local s = ("a"):rep(1 << 20) while true do s:gsub("^(.-)b", "") end',
  'table.move': 'table.move({}, 1, 1 << 62, 2, setmetatable({}, {__newindex = function() end}))',
  'table.move of nils': 'table.move({}, 1, math.maxinteger - 1, 2)',
  'table.insert in front': 'local t = {} while true do table.insert(t, 1, 1) if #t > 20000 then t = {} end end',
  'table.remove in front': 'local t = {} for i = 1, 30000 do t[i] = i end while true do table.remove(t, 1) t[30000] = 1 end',
  'table.concat of much': 'local t = {} for i = 1, 50000 do t[i] = "xxxxxxxxxx" end while true do table.concat(t) end',
  'table.unpack of much': 'local t = {} while true do pcall(table.unpack, t, 1, 900000) end',
  'select from the end': 'while true do select(-1, table.unpack({}, 1, 250)) end',
  'length of a table with a hole': 'local t = {} for i = 1, 100000 do t[i] = i end while true do t[#t] = nil t[#t + 1] = 1 end',
  'rehashing': 'while true do local t = {} for i = 1, 20000 do t[i * 3.5] = i end end',
  'the collector': 'local t = {} for i = 1, 50000 do t[i] = {} end while true do collectgarbage() end',
  'the collector, generational': 'collectgarbage("generational") local t = {} while true do t[#t % 10000 + 1] = {} end',
  'weak tables': 'while true do local t = setmetatable({}, {__mode = "kv"}) for i = 1, 10000 do t[{}] = {} end collectgarbage() end',
  'ephemerons in a chain': 'while true do local t, k = setmetatable({}, {__mode = "k"}), {} for i = 1, 3000 do local n = {} t[n] = k k = n end collectgarbage() end',
  'string.format': 'while true do string.format(("%s"):rep(100), table.unpack({}, 1, 100)) end',
  'string.format of floats': 'while true do string.format("%.99f", 1e308) end',
  'string.pack': 'while true do string.pack(("i8"):rep(100), table.unpack((function() local t = {} for i = 1, 100 do t[i] = i end return t end)())) end',
  'tonumber of a long text': 'local s = ("1"):rep(1 << 20) while true do tonumber(s) end',
  'tonumber in base 2': 'local s = ("1"):rep(1 << 20) while true do tonumber(s, 2) end',
  'utf8.len': 'local s = ("\\u{20ac}"):rep(1 << 18) while true do utf8.len(s) end',
  'utf8.codepoint': 'local s = ("\\u{20ac}"):rep(200) while true do utf8.codepoint(s, 1, -1) end',
  'comparing long strings': 'local a, b = ("x"):rep(1 << 20) .. "a", ("x"):rep(1 << 20) .. "b" while true do local _ = a < b, a == b end',
  'comparing strings full of zeros': 'local a, b = ("\\0"):rep(1 << 20) .. "a", ("\\0"):rep(1 << 20) .. "b" while true do local _ = a < b end',
  'hashing long strings': 'local s = ("x"):rep(1 << 20) while true do local t = {} t[s .. #t] = 1 end',
  'upper and lower': 'local s = ("x"):rep(1 << 20) while true do s:upper():lower():reverse() end',
  'concatenation': 'local s = ("x"):rep(1 << 20) while true do local _ = s .. s end',
  'string.byte': 'local s = ("x"):rep(100000) while true do s:byte(1, -1) end',
  'math.random': 'while true do math.random() end',
  'traceback': 'local function f(n) if n == 0 then while true do debug.traceback() end end return f(n - 1) + 1 end f(150)',
  'getinfo': 'while true do debug.getinfo(1, "Slnutf") end',
  'errors with values': 'while true do pcall(error, {}) end',
  'floats': 'local x = 1.0 while true do x = math.sin(x) + math.sqrt(x * x + 1) end',
}

async function lives(place: Place, name: string): Promise<void> {
  const { session } = place
  assert.deepEqual((await session.run(name, 'return 1 + 1')).values, [2], 'the state is of no use any more')
  const { users, inuse, curralloc, maxalloc } = await session.show(name)
  assert.deepEqual({ users, inuse }, { users: 1, inuse: null })
  assert.ok(curralloc <= maxalloc)
}

/** A small state, where a chunk begins within its request, and a large one, where it does not. */
const STATES = [{ maxalloc: MIB, budget: 0.05 }, { maxalloc: 64 * MIB, budget: 0.2 }]

for (const [what, code] of Object.entries(LOOPS)) {
  behaviour(`${what} ends by its budget`, async (place) => {
    for (const { maxalloc, budget } of STATES) {
      const name = await place.newState({ maxalloc })
      const began = Date.now()
      const error = await failureOf(place.session.run(name, code, { budget }))
      const seconds = (Date.now() - began) / 1000
      // What it needs may be more than the small one has.
      if (maxalloc > MIB || error?.code !== 'ECANCELED') {
        assert.equal(error?.code, 'ETIME', error?.detail)
        assert.match(error.message, /time budget is over$/)
      } else {
        assert.match(error.message, /not enough memory|too large|too many results|stack overflow/)
      }
      assert.ok(seconds < budget + SLACK, `took ${seconds} s`)
      await lives(place, name)
    }
  })
}

behaviour('what leaves the processor for memory again and again does not miss the end of its budget', async (place) => {
  const name = await place.newState({ maxalloc: 64 * MIB })
  for (let round = 0; round < 12; round++) {
    const began = Date.now()
    const error = await failureOf(place.session.run(name, LOOPS['table.unpack of much'] ?? '', { budget: 0.1 }))
    assert.equal(error?.code, 'ETIME', error?.detail)
    assert.ok(Date.now() - began < 1000 * (0.1 + SLACK), `took ${Date.now() - began} ms`)
  }
})

const ABORTED = [
  'an empty loop', 'a pcall that swallows', 'a coroutine', 'a sort comparator', 'a gsub callback', '__index', 'a pattern that backtracks',
  'table.move of nils', 'string.rep of nothing', 'the collector', 'an xpcall whose handler goes on', 'a load reader',
]

for (const what of ABORTED) {
  behaviour(`${what} ends when another session aborts it`, async (place) => {
    const name = await place.newState({ maxalloc: 64 * MIB })
    const other = await open()
    place.afterwards(() => { other.close() })
    const run = failureOf(place.session.run(name, LOOPS[what] ?? '', { budget: 0 }))
    // It runs as soon as its thread does.
    while ((await failureOf(other.abort(name))) !== undefined) await sleep(5)
    const began = Date.now()
    const error = await run
    assert.equal(error?.code, 'EINTR', error?.detail)
    // One that was suspended when the abort came has no place to tell.
    assert.match(error.detail ?? 'aborted', /aborted/)
    assert.ok(Date.now() - began < 1000 * SLACK, `took ${Date.now() - began} ms`)
    await lives(place, name)
  })
}

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
  await lives(place, name)
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
