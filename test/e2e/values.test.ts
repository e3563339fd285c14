// SPDX-License-Identifier: MIT
// What chunks return and print, on its way out of the kernel.

import assert from 'node:assert/strict'
import { LuaFloat, type LuaValue } from '../../native/addon/index.ts'
import { behaviour, failureOf, valuesOf } from './guest.ts'

const MIB = 1024 * 1024
const float = (value: number) => new LuaFloat(value)
const bytes = (...values: number[]) => Uint8Array.of(...values)

// The chunk returns what stands on the left.
const VALUES: Readonly<Record<string, readonly LuaValue[]>> = {
  '': [],
  'nil': [null],
  'nil, nil': [null, null],
  'true, false': [true, false],
  '0, -1, 23, 24, 255, 256, 65535, 65536, 4294967295, 4294967296': [0, -1, 23, 24, 255, 256, 65535, 65536, 4294967295, 4294967296],
  '-24, -25, -256, -257, -65536, -65537': [-24, -25, -256, -257, -65536, -65537],
  '2^53 | 0, (2^53 | 0) + 1, -(2^53 | 0) - 1': [9007199254740992n, 9007199254740993n, -9007199254740993n],
  'math.maxinteger, math.mininteger': [9223372036854775807n, -9223372036854775808n],
  '7 / 2, 3.0, 0.1, 1e308, 5e-324': [float(3.5), float(3), float(0.1), float(1e308), float(5e-324)],
  '1/0, -1/0, 0/0, -(0/0)': [float(Infinity), float(-Infinity), float(NaN), float(NaN)],
  '0.0, -0.0': [float(0), float(-0)],
  '"", "web", "a\\0b"': ['', 'web', 'a\0b'],
  '"caf\\u{e9} \\u{1f600} \\u{10ffff}"': ['caf\u00e9 \u{1f600} \u{10ffff}'],
  '"\\xff\\xfe", "a\\x80", "\\xc0\\x80", "\\xed\\xa0\\x80", "\\xf4\\x90\\x80\\x80"': [
    bytes(0xff, 0xfe), bytes(0x61, 0x80), bytes(0xc0, 0x80), bytes(0xed, 0xa0, 0x80), bytes(0xf4, 0x90, 0x80, 0x80),
  ],
  '{}': [[]],
  '{1, "b", {true}}': [[1, 'b', [true]]],
  '{a = 1}': [new Map([['a', 1]])],
  '{[1] = 1, [3] = 3}': [new Map([[1, 1], [3, 3]])],
  '{[0] = 1}': [new Map([[0, 1]])],
  '{[-1] = 1}': [new Map([[-1, 1]])],
  '{[1.5] = 1}': [new Map([[float(1.5), 1]])],
  '{[true] = 1}': [new Map([[true, 1]])],
  '{["\\xff"] = 1}': [new Map([[bytes(0xff), 1]])],
  '{{}, {{}}}': [[[], [[]]]],
}

for (const [expressions, expected] of Object.entries(VALUES)) {
  behaviour(`return ${expressions || 'nothing'}`, async (place) => {
    assert.deepEqual(await valuesOf(place, `return ${expressions}`), expected)
  })
}

behaviour('a table that is met twice, but not inside itself, is given twice', async (place) => {
  assert.deepEqual(await valuesOf(place, 'local t = {1} return {t, t}, t'), [[[1], [1]], [1]])
})

behaviour('a table of many keys is given whole', async (place) => {
  const [table] = await valuesOf(place, 'local t = {} for i = 1, 1000 do t["k" .. i] = i end return t')
  assert.ok(table instanceof Map)
  assert.equal(table.size, 1000)
  for (let index = 1; index <= 1000; index++) assert.equal(table.get(`k${index}`), index)
})

behaviour('250 values are given in order', async (place) => {
  const values = await valuesOf(place, 'local t = {} for i = 1, 250 do t[i] = i end return table.unpack(t)')
  assert.deepEqual(values, Array.from({ length: 250 }, (_, index) => index + 1))
})

behaviour('no metamethod is called for a value', async (place) => {
  const code = `
    local no = function() error("called") end
    local meta = { __index = no, __len = no, __pairs = no, __tostring = no, __name = no, __call = no, __eq = no }
    return setmetatable({ 1, 2, a = setmetatable({}, meta) }, meta)`
  assert.deepEqual(await valuesOf(place, code), [new Map<LuaValue, LuaValue>([[1, 1], [2, 2], ['a', []]])])
})

const DEEP = 'local t = {} for i = 2, DEPTH do t = {t} end return t'

behaviour('tables 32 deep are given', async (place) => {
  let [table] = await valuesOf(place, DEEP.replace('DEPTH', '32'))
  for (let depth = 1; depth < 32; depth++) {
    assert.ok(Array.isArray(table))
    table = table[0]
  }
  assert.deepEqual(table, [])
})

const REFUSED = {
  'tables 33 deep': [DEEP.replace('DEPTH', '33'), 'tables nested more than 32 deep cannot be carried (returned value 1)'],
  'a table in itself': ['local t = {} t[1] = {t} return 1, t', 'a table that contains itself cannot be carried (returned value 2)'],
  'a table that is its own value by name': ['return _G', 'a table that contains itself cannot be carried (returned value 1)'],
  'a function': ['return print', 'a function cannot be carried (returned value 1)'],
  'a function in a table': ['return {{a = function() end}}', 'a function cannot be carried (returned value 1)'],
  'a coroutine': ['return coroutine.create(print)', 'a coroutine cannot be carried (returned value 1)'],
  'a table as a key': ['return {[{}] = 1}', 'a table as a key cannot be carried (returned value 1)'],
  'a function as a key': ['return {[print] = 1}', 'a function cannot be carried (returned value 1)'],
} as const

for (const [what, [code, message]] of Object.entries(REFUSED)) {
  behaviour(`${what} is refused in words, and the state lives on`, async (place) => {
    const { session } = place
    const name = await place.newState()
    const error = await failureOf(session.run(name, code))
    assert.equal(error?.code, 'ECANCELED')
    // _G holds functions too, and which comes first is not settled.
    if (code === 'return _G') assert.match(error.message, /cannot be carried \(returned value 1\)$/)
    else assert.equal(error.message, message)
    assert.deepEqual(error.result?.values, [])
    assert.deepEqual((await session.run(name, 'return 1')).values, [1])
  })
}

behaviour('output and values up to 1 MiB together are given whole', async (place) => {
  const name = await place.newState({ maxalloc: 16 * MIB })
  // A newline after each print, and a byte or more before each value.
  const { output, values, cut } = await place.session.run(name, 'print(("x"):rep(1024 * 1024 - 1))')
  assert.deepEqual([output.length, values, cut], [MIB, [], false])
  const returned = await place.session.run(name, 'return ("y"):rep(1024 * 1024 - 5)')
  assert.deepEqual([returned.values, returned.cut], [['y'.repeat(MIB - 5)], false])
})

behaviour('output beyond 1 MiB is cut, which is marked, and the run goes on to its end', async (place) => {
  const name = await place.newState({ maxalloc: 16 * MIB })
  const { output, cut } = await place.session.run(name, 'local line = ("x"):rep(999) for i = 1, 3000 do print(line) end done = true')
  assert.deepEqual([output.length, cut], [MIB, true])
  assert.deepEqual((await place.session.run(name, 'return done')).values, [true])
})

behaviour('a value that does not fit any more is left out whole, which is marked', async (place) => {
  const name = await place.newState({ maxalloc: 16 * MIB })
  const { values, cut } = await place.session.run(name, 'return 1, ("x"):rep(2 * 1024 * 1024), 3')
  assert.deepEqual([values, cut], [[1], true])
})

behaviour('print writes as Lua does: tabs between, a newline after', async (place) => {
  const name = await place.newState()
  const code = `print() print(nil, true, 1, 1.0, -0.0, "a\\0b") print(setmetatable({}, { __tostring = function() return "mine" end }))
    print((setmetatable({}, { __name = "thing" }) .. "" == nil))`
  const error = await failureOf(place.session.run(name, code))
  assert.equal(Buffer.from(error?.result?.output ?? []).toString(), '\nnil\ttrue\t1\t1.0\t-0.0\ta\0b\nmine\n')
  assert.match(error?.message ?? '', /attempt to concatenate a thing value/)
})
