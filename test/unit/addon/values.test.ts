// SPDX-License-Identifier: MIT

import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { decode, DecodeError, decodeValues, encoded, LuaFloat } from '../../../native/addon/values.ts'

function bytes(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'))
}

suite('values', () => {
  test('a sequence is its values in order', () => {
    assert.deepEqual(decodeValues(bytes('')), [])
    assert.deepEqual(decodeValues(bytes('f4 f5 f6')), [false, true, null])
  })

  test('integers are numbers as far as numbers are exact', () => {
    const small = decodeValues(bytes('00 17 18ff 19ffff 1affffffff 1b001fffffffffffff 20 37 38ff 3affffffff'))
    assert.deepEqual(small, [0, 23, 255, 65535, 4294967295, Number.MAX_SAFE_INTEGER, -1, -24, -256, -4294967296])
  })

  test('integers beyond that are bigint', () => {
    const large = decodeValues(bytes('1b0020000000000000 1b7fffffffffffffff 3b7fffffffffffffff 3b001fffffffffffff'))
    assert.deepEqual(large, [2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n), -(2n ** 53n)])
  })

  test('floats are numbers', () => {
    assert.deepEqual(decodeValues(bytes('fb3ff8000000000000 fb8000000000000000')), [1.5, -0])
    assert.deepEqual(decodeValues(bytes('fb7ff0000000000000 fb7ff8000000000000')), [Infinity, NaN])
  })

  test('floats stay apart from integers where that is asked for', () => {
    const [float, integer] = decodeValues(bytes('fb4008000000000000 03'), { exact: true })
    assert.ok(float instanceof LuaFloat)
    assert.equal(float.value, 3)
    assert.equal(integer, 3)
  })

  test('text is text, byte order marks included; other strings are bytes', () => {
    assert.deepEqual(decodeValues(bytes('60 63e282ac 64efbbbf61 42ff00 40')), [
      '',
      '€',
      '\ufeffa',
      Uint8Array.of(0xff, 0),
      new Uint8Array(),
    ])
  })

  test('bytes are a copy', () => {
    const source = bytes('41aa')
    const [value] = decodeValues(source)
    source.fill(0)
    assert.deepEqual(value, Uint8Array.of(0xaa))
  })

  test('tables are arrays and maps, nested', () => {
    assert.deepEqual(decodeValues(bytes('80 83 01 81 02 f6 a2 6161 01 f5 a0')), [
      [],
      [1, [2], null],
      new Map<unknown, unknown>([['a', 1], [true, new Map()]]),
    ])
  })

  test('a part of a larger buffer is read from where it starts', () => {
    const around = bytes('ff fb4008000000000000 ff')
    assert.deepEqual(decodeValues(around.subarray(1, 10)), [3])
  })

  test('what the protocol does not have is refused', () => {
    const foreign = { tag: 'c001', half: 'f93c00', single: 'fa3f800000', undefined: 'f7', open: '9fff', break: 'ff' }
    for (const [what, hex] of Object.entries(foreign)) assert.throws(() => decodeValues(bytes(hex)), DecodeError, what)
    assert.throws(() => decodeValues(bytes('62c328')), DecodeError, 'text that is not UTF-8')
  })

  test('an end in the middle of a value is refused, whatever length is promised', () => {
    const long = ['9bffffffffffffffff', '5bffffffffffffffff']
    for (const hex of ['18', '1b00', '6261', '42aa', '8201', 'a101', 'fb00', ...long])
      assert.throws(() => decodeValues(bytes(hex)), DecodeError, hex)
  })

  test('of what was cut off the whole values are given', () => {
    assert.deepEqual(decode(encoded(bytes('01 02 8203')), true, {}), [1, 2])
    assert.throws(() => decode(encoded(bytes('01 ff')), true, {}), DecodeError)
  })

  test('nesting has a limit instead of a stack overflow', () => {
    assert.throws(() => decodeValues(new Uint8Array(100_000).fill(0x81)), DecodeError)
  })

  test('random bytes give values or a DecodeError', () => {
    let seed = 1
    const random = (): number => (seed = (seed * 48271) % 0x7fffffff)
    for (let round = 0; round < 20_000; round++) {
      const noise = Uint8Array.from({ length: random() % 24 }, () => random() & 0xff)
      try {
        decodeValues(noise)
      } catch (error) {
        assert.ok(error instanceof DecodeError, `${Buffer.from(noise).toString('hex')}: ${String(error)}`)
      }
    }
  })
})
