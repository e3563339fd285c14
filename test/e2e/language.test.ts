// SPDX-License-Identifier: MIT
// The language in a state: stock Lua with floats, less what a kernel does not have, and nothing that tells an address.

import assert from 'node:assert/strict'
import { stat } from 'node:fs/promises'
import { LuaFloat, type LuaValue } from '../../native/addon/index.ts'
import { behaviour, failureOf, valuesOf } from './guest.ts'

const float = (value: number) => new LuaFloat(value)

const RESULTS: Readonly<Record<string, readonly LuaValue[]>> = {
  '7 / 2, 7 // 2, 7 % 3, 2^10, 7.0 // 2, -7 // 2, -7 % 3': [float(3.5), 3, 1, float(1024), float(3), -4, 2],
  '1e15, 2^53 == 2^53 + 1, 0.1 + 0.2 == 0.3, 1e300 * 1e10': [float(1e15), true, false, float(Infinity)],
  'math.pi, math.sqrt(2), math.floor(-3.5), math.ceil(3.2), math.fmod(-7, 3), math.huge': [
    float(Math.PI), float(Math.SQRT2), -4, 4, -1, float(Infinity),
  ],
  'math.type(1), math.type(1.0), math.type("1"), math.tointeger(3.0), math.ult(1, -1), math.abs(-0.5), math.max(1, 2.5)': [
    'integer', 'float', null, 3, true, float(0.5), float(2.5),
  ],
  'math.modf(-3.75)': [-3, float(-0.75)],
  'math.maxinteger + 1 == math.mininteger, 5 // 0.0, 1 << 63, 3 & 5.0, ~0': [true, float(Infinity), -9223372036854775808n, 1, -1],
  'string.format("%.14g %g %5.2f|%-8d|%x %q %s %i %a", 0.1, 1e20, 3.14159, 42, 255, "a\\n\\0b", nil, 3.0, 1.5)': [
    '0.1 1e+20  3.14|42      |ff "a\\\n\\0b" nil 3 0x1.8p+0',
  ],
  'tostring(1e15), tostring(1e100), tostring(3.0), tostring(-0.0), 2^63, tostring(0/0):gsub("-", "")': [
    '1e+15', '1e+100', '3.0', '-0.0', float(2 ** 63), 'nan',
  ],
  'tonumber("0x1p4"), tonumber("1e1"), tonumber("0x7fffffffffffffff"), tonumber("z", 36), tonumber("1e"), tonumber("  12  ")': [
    float(16), float(10), 9223372036854775807n, 35, null, 12,
  ],
  '("hello world"):find("o w"), ("key = value"):match("^(%w+)%s*=%s*(%w+)$")': [5, 'key', 'value'],
  '("x"):rep(3, ","), ("abc"):reverse(), ("abc"):byte(1, -1)': ['x,x,x', 'cba', 97, 98, 99],
  '("hello"):gsub("l", {l = "L"})': ['heLLo', 2],
  'string.pack("<i4d", 7, 1.5):len(), string.unpack("<d", string.pack("<d", 0.1))': [12, float(0.1), 9],
  'utf8.char(233, 8364), utf8.len("\\u{e9}"), utf8.codepoint("\\u{20ac}")': ['\u00e9\u20ac', 1, 8364],
  'table.concat({1, 2.5, "x"}, "-"), select("#", table.unpack({1, nil, 3}, 1, 3)), #table.pack(1, 2)': ['1-2.5-x', 3, 2],
  'select(2, pcall(error, {1})), (pcall(error))': [[1], false],
  'rawequal("a", "a"), rawlen({1, 2}), next({}), type(nil), _VERSION': [true, 2, null, 'nil', 'Lua 5.4'],
  'load("return ...")(42), load("syntax error here")': [
    42, null, '[string "syntax error here"]:1: syntax error near \'error\'',
  ],
}

for (const [expressions, expected] of Object.entries(RESULTS)) {
  behaviour(expressions, async (place) => {
    const values = await valuesOf(place, `return ${expressions}`)
    assert.deepEqual(values.slice(0, expected.length), expected)
  })
}

behaviour('sort, closures, goto, integer for, varargs and coroutines work', async (place) => {
  const code = `
    local t = {3, 1, 2}
    table.sort(t, function(a, b) return a > b end)
    local function counter() local n = 0 return function() n = n + 1 return n end end
    local c = counter() c()
    local sum = 0
    for i = 10, 1, -3 do if i == 4 then goto next end sum = sum + i ::next:: end
    local gen = coroutine.wrap(function(...) for i = 1, select("#", ...) do coroutine.yield((select(i, ...))) end end)
    local co = coroutine.create(function() error("inside") end)
    local ok, why = coroutine.resume(co)
    local closed
    do local guard <close> = setmetatable({}, { __close = function() closed = true end }) end
    return table.concat(t, ","), c(), sum, gen("a", "b"), gen(), ok, why, coroutine.status(co), closed`
  const values = await valuesOf(place, code)
  assert.deepEqual(values, ['3,2,1', 2, 18, 'a', 'b', false, 'do:9: inside', 'dead', true])
})

behaviour('what a kernel does not have is absent', async (place) => {
  const absent = [
    'dofile', 'loadfile', 'io', 'package', 'string.dump', 'os.execute', 'os.exit', 'os.getenv', 'os.remove', 'os.rename',
    'os.tmpname', 'os.setlocale', 'os.date', 'debug.sethook', 'debug.getregistry', 'debug.setmetatable', 'debug.getlocal',
    'debug.setlocal', 'debug.getupvalue', 'debug.setupvalue', 'debug.upvaluejoin', 'debug.debug', 'debug.getuservalue',
  ]
  assert.deepEqual(await valuesOf(place, `return ${absent.join(', ')}`), absent.map(() => null))
})

behaviour('bytecode is not loaded, from a string, a function, or as the chunk itself', async (place) => {
  const { session } = place
  const name = await place.newState()
  const code = `
    local signature = "\\27Lua\\x54\\0\\x19\\x93\\r\\n\\x1a\\n"
    local pieces = { signature, "more" }
    return load(signature), select(2, load(signature, "=b", "b")), select(2, load(function() return table.remove(pieces, 1) end, "=f")),
      select(2, load("return 1", "=t", "b"))`
  const { values } = await session.run(name, code)
  assert.equal(values[0], null)
  assert.deepEqual(values.slice(1), ['b: bytecode is not accepted', 'f: bytecode is not accepted', "attempt to load a text chunk (mode is 'b')"])
  const error = await failureOf(session.run(name, Buffer.from('\x1bLua\x54\0\x19\x93\r\n\x1a\n', 'latin1')))
  assert.equal(error?.code, 'ENOEXEC')
  assert.equal(error.message, "attempt to load a binary chunk (mode is 't')")
})

behaviour('a finalizer written in Lua is refused in words', async (place) => {
  const { session } = place
  const name = await place.newState()
  const error = await failureOf(session.run(name, 'setmetatable({}, { __gc = function() end })'))
  assert.equal(error?.code, 'ECANCELED')
  assert.match(error.message, /finalizers \(__gc\) are not run in the kernel/)
  // Set behind setmetatable's back it is never called.
  const code = `
    local meta = {} setmetatable({}, meta)
    meta.__gc = function() called = true end
    for i = 1, 100 do setmetatable({}, meta == nil and {} or nil) end
    collectgarbage() return called`
  assert.deepEqual((await session.run(name, code)).values, [null])
})

behaviour('a state that is closed runs nothing any more', async (place) => {
  const { session } = place
  await session.newState('web', { handle: false })
  await session.run('web', 'co = coroutine.create(function() local g <close> = setmetatable({}, { __close = function() error() end }) coroutine.yield() end) coroutine.resume(co)')
  await session.closeState('web')
})

behaviour('the lunatik library tells the state and its namespace', async (place) => {
  const { session } = place
  const name = await place.newState({ maxalloc: 131072 })
  const { ino } = await stat('/proc/self/ns/net')
  const { values, curralloc } = await session.run(name, 'return lunatik.name, lunatik.netns, lunatik.maxalloc(), lunatik.curralloc()')
  assert.deepEqual(values.slice(0, 3), [name, ino, 131072])
  const [, , , told] = values
  assert.ok(typeof told === 'number')
  assert.ok(Math.abs(told - curralloc) < 8192, `${told} ${curralloc}`)
})

behaviour('os.time is the time, os.clock what the run has had', async (place) => {
  const [time, clock] = await valuesOf(place, 'local t = os.clock() while os.clock() < t + 0.05 do end return os.time(), os.clock()')
  assert.ok(Math.abs(Number(time) - Date.now() / 1000) < 5)
  assert.ok(clock instanceof LuaFloat && clock.value >= 0.05 && clock.value < 10)
})

behaviour('the collector works, and can be asked', async (place) => {
  const code = `
    local weak = setmetatable({}, { __mode = "k" })
    for i = 1, 100 do weak[{}] = i end
    local before = collectgarbage("count")
    collectgarbage() collectgarbage("generational") collectgarbage("step") collectgarbage("incremental") collectgarbage()
    return next(weak), math.type(before), collectgarbage("isrunning")`
  assert.deepEqual(await valuesOf(place, code), [null, 'float', true])
})

behaviour('random numbers differ from state to state, and can be repeated', async (place) => {
  const [first] = await valuesOf(place, 'return math.random(0)')
  const [second] = await valuesOf(place, 'return math.random(0)')
  assert.notEqual(first, second)
  const [again] = await valuesOf(place, 'math.randomseed(42) local a = math.random(1, 1000000) math.randomseed(42) return a == math.random(1, 1000000)')
  assert.equal(again, true)
})

// --- addresses ---

/** Everything that a script can have told as an address, one a line. */
const TELL = `
  local things = { {}, function() end, print, coroutine.create(print), string.format, table.concat, "text that is longer than forty bytes, surely" }
  local meta = setmetatable({}, { __name = "thing" })
  for i = 1, 20 do things[#things + 1] = { i } end
  for _, thing in ipairs(things) do
    print(string.format("%p", thing))
    if type(thing) ~= "string" then print((tostring(thing):match("0x%x+") or tostring(thing))) end
  end
  print((tostring(meta):match("0x%x+")))
  print((select(2, pcall(error, setmetatable({}, { __tostring = function(t) return string.format("%p", t) end }))) and string.format("%p", meta)))
  print(string.format("%p", debug.getinfo(1, "f").func), string.format("%p", _G))`

behaviour('what looks like an address is none: no kernel prefix, no alignment, the same for the same thing', async (place) => {
  const { session } = place
  const name = await place.newState()
  const output = Buffer.from((await session.run(name, TELL)).output).toString()
  const told = output.split(/\s+/).filter((word) => word !== '')
  assert.ok(told.length > 40)
  const numbers = told.map((text) => {
    assert.match(text, /^0x[0-9a-f]{1,14}$/, `${text} looks like an address of the kernel's`)
    return BigInt(text)
  })
  const low = new Set(numbers.map((number) => number & 0xfn))
  assert.ok(low.size > 4, 'the lowest digits tell an alignment')
  const high = new Set(numbers.map((number) => number >> 32n))
  assert.ok(high.size > 10, 'the highest digits tell a region')
  const { values } = await session.run(name, 'local t = {} return tostring(t) == tostring(t), string.format("%p", t) == tostring(t):match("0x%x+"), string.format("%p", 1), tostring({}) == tostring({})')
  assert.deepEqual([values[0], values[1], values[3]], [true, true, false])
  assert.equal(values[2], '(null)')
})

behaviour('errors and tracebacks tell no address', async (place) => {
  const { session } = place
  const name = await place.newState()
  const wrong = [
    'local t = {} return t < {}', 'return {} .. {}', 'return #print', 'return ({})()', 'error({})', 'error(print)', 'local t <close> = 42',
    'coroutine.wrap(function() error({}) end)()', 'return math.floor({})', 'for i = {}, 2 do end', 'return ("x"):rep({})', 'string.format("%d", {})',
    'return setmetatable({}, { __index = function(t, k) error(t) end }).x', 'string.format("%p")', 'return load(print)',
  ]
  for (const code of wrong) {
    const error = await failureOf(session.run(name, code))
    const said = `${error?.message}\n${error?.detail}`
    assert.doesNotMatch(said, /0x[0-9a-f]{6,}|ffff[0-9a-f]{8}/, `${code}: ${said}`)
  }
})
