// SPDX-License-Identifier: MIT
// A page as text: numbers by name, bytes as digits, and what an editor makes of them.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CommandError } from '../../cli/errors.ts'
import { dump, parseDumpLine } from '../../cli/page/dump.ts'
import { bytesText, fieldsText, TextError } from '../../cli/page/edit-text.ts'
import { fieldsOf, type Fields } from '../../cli/page/fields.ts'
import { formatNumber, parseNumber } from '../../cli/page/number.ts'

function fields(layout: string): Fields {
  const found = fieldsOf({ layout, color: 'auto' }, 'page edit')
  assert.ok(found)
  return found
}

// --- numbers ---

test('every number is read back from its text as it was, to the last bit', () => {
  const doubles = [0, -0, 1, 0.1, 1e21, 5e-324, Number.MAX_VALUE, -2.5, Infinity, -Infinity, NaN, 2 ** 53]
  for (const value of doubles) assert.ok(Object.is(parseNumber({ type: 'f64' }, formatNumber({ type: 'f64' }, value)), value), String(value))
  const singles = [0, -0, 0.1, 1 / 3, 16777216, 3.4028234663852886e38, 1.401298464324817e-45, 123456.789].map(Math.fround)
  for (const value of singles) assert.ok(Object.is(Math.fround(Number(parseNumber({ type: 'f32' }, formatNumber({ type: 'f32' }, value)))), value), String(value))
  for (const value of [0n, 2n ** 64n - 1n]) assert.equal(parseNumber({ type: 'u64' }, formatNumber({ type: 'u64' }, value)), value)
  assert.equal(parseNumber({ type: 'i64' }, String(-(2n ** 63n))), -(2n ** 63n))
})

test('a float of 32 bits is told without digits that it does not have', () => {
  assert.equal(formatNumber({ type: 'f32' }, Math.fround(0.1)), '0.1')
  assert.equal(formatNumber({ type: 'f32' }, Math.fround(16777217)), '16777216')
  // It takes all nine digits, as one of 64 bits seventeen.
  assert.equal(formatNumber({ type: 'f32' }, 1.0931609400383912e+33), '1.09316094e+33')
})

test('whole numbers may be in hexadecimal digits, floats have words for what is no number', () => {
  assert.equal(parseNumber({ type: 'u32' }, '0xff'), 255)
  assert.equal(parseNumber({ type: 'i64' }, '-0x10'), -16n)
  assert.equal(parseNumber({ type: 'u8' }, '+7'), 7)
  assert.equal(parseNumber({ type: 'f64' }, 'INF'), Infinity)
  assert.equal(parseNumber({ type: 'f64' }, '.5e1'), 5)
})

const WRONG_NUMBERS = [
  ['u32', ''], ['u32', '1.5'], ['u32', '1e3'], ['u32', ' 1'], ['u32', '--1'], ['u64', '0x'], ['u64', 'nan'], ['i8', '1_000'],
  ['f64', ''], ['f64', '.'], ['f64', '1e'], ['f64', '0x10'], ['f64', '1e999'], ['f32', '1e39'], ['f64', 'Infinity'], ['f64', '1,5'],
] as const

for (const [type, text] of WRONG_NUMBERS) {
  test(`'${text}' is nothing for ${type}`, () => {
    assert.throws(() => parseNumber({ type }, text), RangeError)
  })
}

// --- digits ---

test('bytes are dumped as hexdump -C does, with a star for lines that are like the one before', () => {
  const bytes = Uint8Array.from([...Buffer.from('hello\n\x1b[2J\xff|~', 'latin1'), ...new Uint8Array(52)])
  const squeezed = [
    '00000000  68 65 6c 6c 6f 0a 1b 5b  32 4a ff 7c 7e 00 00 00  |hello..[2J.|~...|',
    '00000010  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|',
    '*',
    '00000040  00                                                |.|',
    '00000041',
  ]
  assert.equal(dump(bytes, { squeezed: true }), squeezed.map((line) => `${line}\n`).join(''))
  assert.equal(dump(bytes, { squeezed: false }).split('\n').length, 7)
})

test('no byte reaches a terminal but those that can be seen', () => {
  const all = Uint8Array.from({ length: 256 }, (_, byte) => byte)
  assert.match(dump(all, { squeezed: true }), /^[\n\x20-\x7e]*$/)
})

test('a line of a dump is its offset, its bytes, and the text beside them', () => {
  const { offset, bytes, text } = parseDumpLine('00000010  68 65 7C  7c|he|||')
  assert.deepEqual([offset, [...bytes], text], [16, [0x68, 0x65, 0x7c, 0x7c], 'he||'])
  assert.deepEqual([...parseDumpLine('0 6865').bytes], [0x68, 0x65])
  assert.deepEqual([...parseDumpLine('00000010').bytes], [])
  for (const wrong of ['x', '0 6', '0 687', '0 zz', '0: 68', '123456789 00', '-1 00']) assert.throws(() => parseDumpLine(wrong), RangeError, wrong)
})

// --- edited numbers ---

const STATS = 'u32 hits, f64 rate, u64 total'

function stats(hits: number, rate: number, total: bigint): Uint8Array {
  const bytes = Buffer.alloc(28, 0xee)
  bytes.writeUInt32LE(hits, 0)
  bytes.writeDoubleLE(rate, 8)
  bytes.writeBigUInt64LE(total, 16)
  return Uint8Array.from(bytes)
}

/** What an edited text makes of bytes. */
function edited(layout: string, bytes: Uint8Array, change: (body: string) => string): Uint8Array {
  const text = fieldsText(fields(layout), bytes, 'stats')
  const copy = Uint8Array.from(bytes)
  text.apply(change(text.body), copy)
  return copy
}

test('fields are lines of name and value, and what is changed there is changed in the bytes, and nothing else', () => {
  const bytes = stats(3, 0.5, 2n ** 60n)
  const { body } = fieldsText(fields(STATS), bytes, 'stats')
  assert.equal(body, 'hits = 3\nrate = 0.5\ntotal = 1152921504606846976\n')
  assert.deepEqual(edited(STATS, bytes, (text) => text), bytes)
  assert.deepEqual(edited(STATS, bytes, () => ''), bytes)
  assert.deepEqual(edited(STATS, bytes, () => '# hits = 9\n\n  rate=-1e3  \r\n'), stats(3, -1000, 2n ** 60n))
  assert.deepEqual(edited(STATS, bytes, (text) => text.replace('= 3', '= 0x10')), stats(16, 0.5, 2n ** 60n))
})

test('a number that was not edited keeps every bit, that of a NaN, too', () => {
  const bytes = Uint8Array.from(Buffer.from('0100000000000000' + '01000000addef87f', 'hex'))
  const copy = Uint8Array.from(bytes)
  const text = fieldsText(fields('u8 first, f64 odd'), bytes, 'stats')
  assert.equal(text.body, 'first = 1\nodd = nan\n')
  text.apply(text.body.replace('first = 1', 'first = 2'), copy)
  assert.deepEqual(copy, Uint8Array.from([2, ...bytes.subarray(1)]))
})

const WRONG_LINES: readonly (readonly [text: string, line: number, reason: RegExp])[] = [
  ['hits = 1\nhist = 2\n', 2, /^no field 'hist': did you mean hits\?$/],
  ['hits = 1\nhits = 1\n', 2, /^hits stands in line 1 already$/],
  ['# x\n\nhits 1\n', 3, /^a line is NAME = VALUE$/],
  ['hits = 4294967296', 1, /^4294967296 is no whole number of 0 to 4294967295$/],
  ['hits = -1', 1, /^-1 is no whole number of 0 to 4294967295$/],
  ['hits =', 1, /^'' is no whole number$/],
  ['hits = 1 # one', 1, /^'1 # one' is no whole number$/],
  ['rate = fast', 1, /^'fast' is no number$/],
  ['total = 18446744073709551616', 1, /^18446744073709551616 is no whole number of 0 to 18446744073709551615$/],
]

for (const [text, line, reason] of WRONG_LINES) {
  test(`an edited text that is wrong says where and why: ${JSON.stringify(text)}`, () => {
    assert.throws(() => edited(STATS, stats(0, 0, 0n), () => text), (error) => {
      assert.ok(error instanceof TextError)
      assert.match(error.message, reason)
      assert.equal(error.line, line)
      return true
    })
  })
}

test('a layout that the page has no room for is an error, and so is one that is none', () => {
  assert.throws(() => fields('u32 hits, f64 rate').over(new Uint8Array(15), 'stats'), (error) => {
    assert.ok(error instanceof CommandError)
    assert.deepEqual([error.message, error.status, error.details.subject], ['the layout takes 16 bytes, and the page has 15', 1, 'stats'])
    return true
  })
  assert.throws(() => fields('u3 hits'), CommandError)
  assert.equal(fieldsOf({ color: 'auto' }, 'page read'), undefined)
})

// --- edited bytes ---

function editedBytes(bytes: Uint8Array, change: (body: string) => string): Uint8Array {
  const text = bytesText(bytes)
  const copy = Uint8Array.from(bytes)
  text.apply(change(text.body), copy)
  return copy
}

test('bytes are changed where their digits are, and nowhere else', () => {
  const bytes = Uint8Array.from(Buffer.from('#hello world, this is a page|'))
  assert.deepEqual(editedBytes(bytes, (text) => text), bytes)
  assert.deepEqual(editedBytes(bytes, () => '# nothing\n'), bytes)
  const jello = editedBytes(bytes, (text) => text.replace('23 68', '23 6a'))
  assert.equal(Buffer.from(jello).toString(), '#jello world, this is a page|')
  const tail = editedBytes(bytes, () => '*\n1c 21\n')
  assert.equal(Buffer.from(tail).toString(), '#hello world, this is a page!')
})

test('every page of any bytes is unchanged by a text that is', () => {
  for (let size = 1; size < 70; size++) {
    const bytes = Uint8Array.from({ length: size }, (_, index) => (index * 37 + size) % 256)
    assert.deepEqual(editedBytes(bytes, (text) => text), bytes)
    assert.deepEqual(editedBytes(bytes, (text) => text.replaceAll(/ *\|.*$/gm, '')), bytes)
  }
})

const WRONG_DUMPS: readonly (readonly [text: string, line: number, reason: RegExp])[] = [
  ['0 68\nhello\n', 2, /^a line begins with an offset, in hexadecimal digits$/],
  ['0 68 6', 1, /^'6' is no byte: two hexadecimal digits each$/],
  ['8 00 00 00 00 00 00 00 00 00', 1, /^the page ends at 00000010, and this at 00000011$/],
  ['11', 1, /^the page ends at 00000010, and this at 00000011$/],
  ['0 00 00 00\n\n2 00', 3, /^line 1 has bytes of this one already$/],
  ['0 00 00 |ab|', 1, /^the text beside the bytes was changed, which is not read, and not the bytes$/],
]

for (const [text, line, reason] of WRONG_DUMPS) {
  test(`an edited dump that is wrong says where and why: ${JSON.stringify(text)}`, () => {
    assert.throws(() => editedBytes(new Uint8Array(16), () => text), (error) => {
      assert.ok(error instanceof TextError)
      assert.match(error.message, reason)
      assert.equal(error.line, line)
      return true
    })
  })
}
