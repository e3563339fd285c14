// SPDX-License-Identifier: MIT
// Names for the numbers in a page.

import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { layout, type Layout } from '../../../native/addon/layout.ts'

const ALL = 'u8 a, u16 b, u32 c, u64 d, i8 e, i16 f, i32 g, i64 h, f32 i, f64 j'

function offsets({ fields }: Layout<unknown>): number[] {
  return fields.map(({ offset }) => offset)
}

suite('layouts', () => {
  test('lie as a struct of C does, or where they are told to', () => {
    assert.deepEqual(offsets(layout(ALL)), [0, 2, 4, 8, 16, 18, 20, 24, 32, 40])
    assert.equal(layout(ALL).size, 48)
    assert.deepEqual(offsets(layout('u32 hits, f64 rate')), [0, 8])
    const placed = layout(' f64 late@16 ,u8  first @ 0, u16 then')
    assert.deepEqual([offsets(placed), placed.size], [[16, 0, 2], 24])
  })

  test('read and write the bytes, little-endian', () => {
    const bytes = new Uint8Array(48)
    const fields = layout(ALL).over(bytes)
    Object.assign(fields, { a: 1, b: 2, c: 0xfffefdfc, d: 2n ** 64n - 1n, e: -1, f: -2, g: -3, h: -(2n ** 63n), i: 0.5, j: NaN })
    assert.deepEqual({ ...fields }, { a: 1, b: 2, c: 0xfffefdfc, d: 2n ** 64n - 1n, e: -1, f: -2, g: -3, h: -(2n ** 63n), i: 0.5, j: NaN })
    assert.deepEqual([...bytes.subarray(2, 8)], [2, 0, 0xfc, 0xfd, 0xfe, 0xff])
    bytes[0] = 9
    assert.equal(fields.a, 9)
    const hits: number = fields.c
    assert.equal(hits, 0xfffefdfc)
  })

  test('lie over a part of a buffer, and keep to it', () => {
    const bytes = new Uint8Array(12)
    layout('u32 hits').over(bytes.subarray(4, 8)).hits = 0x01020304
    assert.deepEqual([...bytes], [0, 0, 0, 0, 4, 3, 2, 1, 0, 0, 0, 0])
    assert.throws(() => layout('u32 hits, f64 rate').over(bytes), { name: 'RangeError', message: 'the layout takes 16 bytes, and there are 12' })
  })

  test('take no number that does not fit, and nothing else than a number', () => {
    const fields: Record<string, unknown> = layout(ALL).over(new Uint8Array(48))
    const wrong: [string, unknown][] = [['a', 256], ['a', -1], ['a', 0.5], ['b', 2 ** 16], ['c', NaN], ['d', -1n], ['d', 2n ** 64n], ['e', 128], ['g', -(2 ** 31) - 1], ['h', 2n ** 63n]]
    for (const [name, value] of wrong) assert.throws(() => { fields[name] = value }, RangeError, `${name} = ${String(value)}`)
    for (const [name, value] of [['a', '1'], ['a', 1n], ['d', 1], ['f', null], ['j', '1'], ['i', undefined]] as const)
      assert.throws(() => { fields[name] = value }, TypeError, `${name} = ${String(value)}`)
    assert.throws(() => { fields['k'] = 1 }, TypeError)
    assert.ok(Object.values({ ...fields }).every((value) => Number(value) === 0))
  })

  test('are refused where the text is none', () => {
    for (const text of ['', ',', 'u32', 'u32 hits,', 'u33 hits', 'u32 1st', 'u32 hits rate', 'u32 hits @', 'u32 hits @ -1', 'hasOwnProperty x', 'u32 hits, u8 hits'])
      assert.throws(() => layout(text), RangeError, text)
    assert.throws(() => layout('u8 last @ 4096'), { message: 'last would end at 4097, and a page at 4096' })
    assert.equal(layout('u8 last @ 4095').size, 4096)
    assert.throws(() => layout(7 as never), TypeError)
  })

  test('have names of any kind', () => {
    const fields = layout('u8 __proto__, u8 constructor, u8 view').over(new Uint8Array([1, 2, 3]))
    assert.deepEqual(Object.entries(fields), [['__proto__', 1], ['constructor', 2], ['view', 3]])
  })
})
