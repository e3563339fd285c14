// SPDX-License-Identifier: MIT

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LuaFloat, type LuaValue } from '../../cli/client.ts'
import { formatFloat, formatValue, formatValues } from '../../cli/output/lua.ts'

const COLUMNS = 80
const line = (...values: LuaValue[]) => Buffer.from(formatValues(values, COLUMNS)).toString('latin1')

// Each as lua5.4 prints it.
const FLOATS: [number, string][] = [
  [3, '3.0'],
  [-3, '-3.0'],
  [3.5, '3.5'],
  [0, '0.0'],
  [-0, '-0.0'],
  [0.1, '0.1'],
  [1 / 3, '0.33333333333333'],
  [Math.PI, '3.1415926535898'],
  [1e14, '1e+14'],
  [1e13, '10000000000000.0'],
  [123456789012345, '1.2345678901234e+14'],
  [12345678901234.5, '12345678901234.0'],
  [12345678901235.5, '12345678901236.0'],
  [99999999999999.5, '1e+14'],
  [1e100, '1e+100'],
  [1e-4, '0.0001'],
  [1e-5, '1e-05'],
  [1.5e-7, '1.5e-07'],
  [5e-324, '4.9406564584125e-324'],
  [1.7976931348623157e308, '1.7976931348623e+308'],
  [Infinity, 'inf'],
  [-Infinity, '-inf'],
]

test('floats read as Lua writes them', () => {
  for (const [value, text] of FLOATS) assert.equal(formatFloat(value), text)
})

test('the sign of a NaN is kept, as 0/0 has one on this machine', () => {
  const view = new DataView(new ArrayBuffer(8))
  view.setUint32(0, 0x7ff80000)
  assert.equal(formatFloat(view.getFloat64(0)), 'nan')
  view.setUint32(0, 0xfff80000)
  assert.equal(formatFloat(view.getFloat64(0)), '-nan')
})

test('returned values stand on one line with tabs between', () => {
  assert.equal(line(null, true, 1, new LuaFloat(1), 'text', 2n ** 62n), 'nil\ttrue\t1\t1.0\ttext\t4611686018427387904\n')
})

test('no values print nothing', () => {
  assert.equal(line(), '')
})

test('strings at the top are raw bytes', () => {
  assert.equal(line('a\nb\u001b', Uint8Array.of(0xff, 0)), 'a\nb\u001b\t\u00ff\0\n')
})

test('strings in tables are quoted and cannot disturb a terminal', () => {
  const table = ['a"b\\', '\u001b[31m', '\u009b', 'é', Uint8Array.of(0xff, 0x41, 0x0a)]
  assert.equal(formatValue(table, COLUMNS), '{"a\\"b\\\\", "\\x1b[31m", "\\u{9b}", "é", "\\xffA\\n"}')
  assert.equal(formatValue(['\u202eb', 'a\u2066\t'], COLUMNS), '{"\\u{202e}b", "a\\u{2066}\\t"}')
})

test('keys are bare names where Lua takes them so', () => {
  const table = new Map<LuaValue, LuaValue>([
    ['a_1', 1],
    ['end', 2],
    ['b c', 3],
    [4, 4],
    [new LuaFloat(0.5), 5],
    [true, 6],
  ])
  assert.equal(formatValue(table, COLUMNS), '{a_1 = 1, ["end"] = 2, ["b c"] = 3, [4] = 4, [0.5] = 5, [true] = 6}')
})

test('what fits a line stays on it, what does not is indented', () => {
  const inner = new Map<LuaValue, LuaValue>([['name', 'x'.repeat(30)], ['list', [1, 2, []]]])
  assert.equal(formatValue([], 20), '{}')
  assert.equal(
    formatValue(new Map<LuaValue, LuaValue>([['inner', inner], ['n', 1]]), 40),
    `{\n  inner = {\n    name = "${'x'.repeat(30)}",\n    list = {1, 2, {}},\n  },\n  n = 1,\n}`,
  )
})
