// SPDX-License-Identifier: MIT
// What came out of a state, looked through for addresses of the kernel, of which each has 48 bits and ones before them:
// test/guest's processors have no fifth level of pages, where the heap is elsewhere.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { LuaFloat } from '../../native/addon/index.ts'

/** As text: canonical addresses of the upper half, with the letters of a number in base 16. */
const TEXT = /ffff[89a-f][0-9a-f]{11}/i
/** In memory: six bytes of any kind, the highest of them an address's, and two of ones. */
const HALF = 0xffff_8000_0000_0000n
/** Small negative numbers are none. */
const NOT_SMALL = 0xffff_ffff_ff00_0000n

/** Where functions of the module are. Integers that a script returns are none of these, nor the lower half of one. */
const symbols = new Set<bigint>()

function moduleSymbols(): ReadonlySet<bigint> {
  if (symbols.size > 0) return symbols
  for (const line of readFileSync('/proc/kallsyms', 'latin1').split('\n')) {
    if (!line.endsWith('[lunatik]')) continue
    const address = BigInt(`0x${line.split(' ', 1)[0] ?? ''}`)
    symbols.add(address)
    symbols.add(BigInt.asUintN(32, address))
  }
  assert.ok(symbols.size > 100, 'the kernel shows no symbols')
  return symbols
}

function assertNumber(number: bigint): void {
  const word = BigInt.asUintN(64, number)
  assert.ok(word < HALF || word >= NOT_SMALL, `an address: 0x${word.toString(16)}`)
  assert.ok(!moduleSymbols().has(word), `where a function is: 0x${word.toString(16)}`)
}

function assertBytes(bytes: Buffer): void {
  const text = TEXT.exec(bytes.toString('latin1'))
  assert.equal(text, null, `an address as text: ${text?.[0] ?? ''}`)
  for (let at = bytes.indexOf('ffff', 6, 'hex'); at >= 6; at = bytes.indexOf('ffff', at + 1, 'hex')) {
    if (at - 6 + 8 > bytes.length) return
    const word = bytes.readBigUInt64LE(at - 6)
    assert.ok(word < HALF || word >= NOT_SMALL, `an address among bytes: 0x${word.toString(16)}`)
  }
}

/** Nothing in it, however deep, is an address of the kernel's. */
export function assertSecret(value: unknown): void {
  if (typeof value === 'string') assertBytes(Buffer.from(value, 'utf8'))
  else if (value instanceof Uint8Array) assertBytes(Buffer.from(value))
  else if (typeof value === 'bigint') assertNumber(value)
  else if (typeof value === 'number' && Number.isSafeInteger(value)) assertNumber(BigInt(value))
  else if (value instanceof LuaFloat) return
  else if (value instanceof Map) for (const [key, inner] of value) { assertSecret(key); assertSecret(inner) }
  else if (Array.isArray(value)) for (const inner of value) assertSecret(inner)
  else if (typeof value === 'object' && value !== null) for (const [key, inner] of Object.entries(value)) { assertSecret(key); assertSecret(inner) }
}
