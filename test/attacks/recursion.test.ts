// SPDX-License-Identifier: MIT
// Scripts that recurse, in every way that Lua has: each ends in an error of Lua's while the kernel's stack has room left.

import assert from 'node:assert/strict'
import { behaviour, failureOf, SLOWNESS } from '../e2e/guest.ts'

const MIB = 1024 * 1024

const RECURSIONS: Readonly<Record<string, string>> = {
  'Lua functions': 'local function f() return 1 + f() end f()',
  'Lua functions with many locals': `local function f() local ${Array.from({ length: 190 }, (_, i) => `a${i}`).join(', ')} = 1 return 1 + f() end f()`,
  'pcall': 'local function f() return pcall(f) end f() local function g() local ok, why = pcall(g) error(why, 0) end g()',
  'pcall of pcall': 'local args = {} for i = 1, 200 do args[i] = pcall end pcall(table.unpack(args)) local function f() pcall(f) error("deep") end f()',
  'xpcall': 'local function f() xpcall(f, f) error("deep") end f()',
  'error handlers that fail': 'local function h() local x = nil + 1 end for i = 1, 10 do xpcall(error, h) end error((select(2, xpcall(error, h))), 0)',
  '__index functions': 'local m = {} m.__index = function(t, k) return setmetatable({}, m)[k] end return setmetatable({}, m).x',
  '__index tables': 'local t = {} for i = 1, 10000 do t = setmetatable({}, {__index = t}) end return t.x',
  '__index on itself': 'local t = {} setmetatable(t, {__index = t}) return t.x',
  '__newindex functions': 'local m = {} m.__newindex = function(t, k, v) setmetatable({}, m)[k] = v end setmetatable({}, m).x = 1',
  '__call': 'local m = {} m.__call = function() return 1 + setmetatable({}, m)() end setmetatable({}, m)()',
  '__call of a chain': 'local f = function() end for i = 1, 300 do f = setmetatable({}, {__call = f}) end f()',
  '__eq': 'local m = {} m.__eq = function() return setmetatable({}, m) == setmetatable({}, m) end return setmetatable({}, m) == setmetatable({}, m)',
  '__lt': 'local m = {} m.__lt = function(a, b) return not (a < b) end return setmetatable({}, m) < setmetatable({}, m)',
  '__le': 'local m = {} m.__le = function(a, b) return not (a <= b) end return setmetatable({}, m) <= 1',
  '__concat': 'local m = {} m.__concat = function(a, b) return "x" .. (a .. b) end return setmetatable({}, m) .. "x"',
  '__len': 'local m = {} m.__len = function(t) return #t + 1 end return #setmetatable({}, m)',
  '__add': 'local m = {} m.__add = function(a, b) return a + b + 1 end return setmetatable({}, m) + 1',
  '__unm': 'local m = {} m.__unm = function(a) return -a + 1 end return -setmetatable({}, m)',
  '__tostring': 'local m = {} m.__tostring = function(t) return tostring(t) .. "x" end tostring(setmetatable({}, m))',
  '__tostring in format': 'local m = {} m.__tostring = function(t) return string.format("%s!", t) end tostring(setmetatable({}, m))',
  '__tostring in print': 'local m = {} m.__tostring = function(t) print(t) return "x" end print(setmetatable({}, m))',
  '__pairs': 'local m = {} m.__pairs = function(t) return pairs(t), 1 end pairs(setmetatable({}, m))',
  '__close': `local function f() local g <close> = setmetatable({}, {__close = function() f() end}) end f()`,
  '__close with errors': 'local function f() local g <close> = setmetatable({}, {__close = function() f() error("x") end}) error("y") end f()',
  'gsub callbacks': 'local function f() ("x"):gsub("x", f) error("deep") end f()',
  'gsub callbacks that return': 'local function f() return (("x"):gsub("x", f)) end f()',
  'gmatch': 'local function f() for _ in ("x"):gmatch("x") do f() end error("deep") end f()',
  'sort comparators': 'local function f() table.sort({2, 1}, function() f() return true end) error("deep") end f()',
  'coroutines': 'local function f() coroutine.wrap(f)() error("deep") end f()',
  'coroutines by resume': 'local function f() local ok, why = coroutine.resume(coroutine.create(f)) error(why, 0) end f()',
  'coroutines in gsub in pcall': 'local function f() pcall(string.gsub, "x", "x", coroutine.wrap(f)) error("deep") end f()',
  'coroutines closed by coroutines': `local function f() local co = coroutine.create(function() local g <close> = setmetatable({}, {__close = f}) coroutine.yield() end)
    coroutine.resume(co) coroutine.close(co) error("deep") end f()`,
  'load in a load reader': 'local function f() load(f) error("deep") end f()',
  'load of load': 'function f() load("f()")() error("deep") end f()',
  'table.concat by __index': 'local m = {} m.__index = function(t) return table.concat(setmetatable({}, m), "", 1, 1) end table.concat(setmetatable({}, m), "", 1, 1)',
  'table.unpack by __index': 'local m = {} m.__index = function(t) return (table.unpack(setmetatable({}, m), 1, 1)) end table.unpack(setmetatable({}, m), 1, 1)',
  'table.insert by __newindex': 'local m = {} m.__newindex = function() table.insert(setmetatable({}, m), 1) error("deep") end table.insert(setmetatable({}, m), 1)',
  'ipairs by __index': 'local m = {} m.__index = function() for _ in ipairs(setmetatable({}, m)) do end error("deep") end for _ in ipairs(setmetatable({}, m)) do end',
  'iterators': 'local function f() for _ in f do end error("deep") end for _ in f do end',
  'string methods by __index': 'getmetatable("").__index = function(s, k) return s[k] end return ("x").y',
  'traceback in deep recursion': 'local function f(n) if n == 0 then error(debug.traceback(), 0) end return f(n - 1) + 1 end f(180)',
  'everything at once': `local function f()
      local m = { __index = function() return (("x"):gsub("x", f)) end, __tostring = function() coroutine.wrap(f)() return "" end }
      local t = setmetatable({}, m)
      pcall(function() return t.x end) xpcall(tostring, f, t) table.sort({2, 1}, function() return pcall(f) end)
      error("deep")
    end f()`,
}

for (const [what, code] of Object.entries(RECURSIONS)) {
  behaviour(`recursion by ${what} ends in an error`, async (place) => {
    const { session } = place
    // In a small state a chunk begins within its request, with more of the stack in use.
    for (const maxalloc of [MIB, 64 * MIB]) {
      const name = await place.newState({ maxalloc })
      const error = await failureOf(session.run(name, code, { budget: SLOWNESS }))
      // Some of them return what they were told, some go on swallowing until their time is over.
      if (error !== undefined) assert.ok(['ECANCELED', 'ETIME'].includes(error.code), `${error.code}: ${error.message}`)
      assert.deepEqual((await session.run(name, 'return 1 + 1')).values, [2])
      const { users, inuse } = await session.show(name)
      assert.deepEqual({ users, inuse }, { users: 1, inuse: null })
    }
  })
}

const MANY = 30_000
const NESTED: Readonly<Record<string, (many: number) => string>> = {
  'parentheses': (many) => `return ${'('.repeat(many)}1${')'.repeat(many)}`,
  'open parentheses': (many) => `return ${'('.repeat(many)}`,
  'table constructors': (many) => `return ${'{'.repeat(many)}${'}'.repeat(many)}`,
  'functions': (many) => `${'return function() '.repeat(many)}${'end '.repeat(many)}`,
  'blocks': (many) => `${'do '.repeat(many)}${'end '.repeat(many)}`,
  'loops': (many) => `${'while true do '.repeat(many)}${'end '.repeat(many)}`,
  'ifs': (many) => `${'if x then '.repeat(many)}${'end '.repeat(many)}`,
  'calls': (many) => `return ${'f('.repeat(many)}${')'.repeat(many)}`,
  'indices': (many) => `return ${'a['.repeat(many)}1${']'.repeat(many)}`,
  'concatenations': (many) => `return ${'a .. '.repeat(many)}a`,
  'powers': (many) => `return ${'2 ^ '.repeat(many)}2`,
  'nots': (many) => `return ${'not '.repeat(many)}x`,
  'minuses': (many) => `return ${'- '.repeat(many)}x`,
  'ands': (many) => `return ${'a and ('.repeat(many)}a${')'.repeat(many)}`,
  'assignments': (many) => `${'a, '.repeat(many)}a = 1`,
}

for (const [what, nest] of Object.entries(NESTED)) {
  behaviour(`${MANY} nested ${what} do not compile, in the chunk and by load`, async (place) => {
    const { session } = place
    const name = await place.newState({ maxalloc: 64 * MIB })
    const error = await failureOf(session.run(name, nest(MANY), { budget: 10 * SLOWNESS }))
    assert.equal(error?.code, 'ENOEXEC', error?.detail)
    assert.match(error.message, /overflow|too many|limit|chunk has/)
    assert.deepEqual((await session.run(name, 'return 1 + 1')).values, [2])
    // And what is nested as deep as people write does.
    if (what !== 'open parentheses') await session.run(name, `return load(${JSON.stringify(nest(10))}) ~= nil or error()`)
  })
}

const PATTERNS: Readonly<Record<string, string>> = {
  'single characters by minus': '("a"):rep(300000):match(".-b")',
  'single characters by star': '("a"):rep(300000):match(".*b")',
  'captures': '("a"):rep(300000):match(("(a)"):rep(33))',
  'many single characters': '("a"):rep(200000):match(("a?"):rep(100000))',
  'many optional ones': '("a"):rep(200000):match(("a-"):rep(2000) .. "b")',
  'nested captures': '("a"):rep(100):match(("("):rep(40) .. "a" .. (")"):rep(40))',
  'back references': '("a"):rep(1000):match("(a*)%1%1%1b")',
  'positions': '("a"):rep(100):match(("()"):rep(32))',
  'a broken set': '("a"):match("[" .. ("a"):rep(100000))',
  'a broken escape': '("a"):match(("%"):rep(99999))',
}

for (const [what, code] of Object.entries(PATTERNS)) {
  behaviour(`a pattern of ${what} matches, fails or ends, but does not overflow`, async (place) => {
    const { session } = place
    const name = await place.newState({ maxalloc: 64 * MIB })
    const error = await failureOf(session.run(name, code, { budget: SLOWNESS }))
    if (error !== undefined) assert.ok(['ECANCELED', 'ETIME'].includes(error.code), `${error.code}: ${error.message}`)
    assert.deepEqual((await session.run(name, 'return 1 + 1')).values, [2])
  })
}

behaviour('recursion is as deep as anybody needs', async (place) => {
  const name = await place.newState({ maxalloc: 16 * MIB })
  const code = `
    local function depth(n) if n == 0 then return 0 end return 1 + depth(n - 1) end
    local function nest(n) if n == 0 then return 0 end local ok, d = pcall(nest, n - 1) return d + 1 end
    local function cross(n) if n == 0 then return 0 end return coroutine.wrap(function() return 1 + cross(n - 1) end)() end
    return depth(10000), nest(10), cross(5)`
  assert.deepEqual((await place.session.run(name, code)).values, [10000, 10, 5])
})
