// SPDX-License-Identifier: MIT
// The numbers of a page's fields, as people read and write them.

import type { Field } from '../../native/addon/layout.ts'

/** As a layout has it: of 64 bits a bigint. */
export type FieldNumber = number | bigint

const INTEGER = /^[+-]?(\d+|0x[0-9a-f]+)$/i
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const NAMED: ReadonlyMap<string, number> = new Map([
  ['nan', NaN],
  ['inf', Infinity],
  ['+inf', Infinity],
  ['-inf', -Infinity],
])
/** Digits that tell every 32-bit float from its neighbours. */
const SINGLE_DIGITS = 9

export function isFloat({ type }: Pick<Field, 'type'>): boolean {
  return type.startsWith('f')
}

/** The shortest text that parseNumber makes the same number of. */
export function formatNumber(field: Pick<Field, 'type'>, value: FieldNumber): string {
  if (typeof value === 'bigint') return String(value)
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (Object.is(value, -0)) return '-0'
  return String(field.type === 'f32' ? shortest(value) : value)
}

/** 0.1 and not 0.10000000149011612, which is the same one of 32 bits. */
export function shortest(single: number): number {
  for (let digits = 1; digits <= SINGLE_DIGITS; digits++) {
    const short = Number(single.toPrecision(digits))
    if (Math.fround(short) === single) return short
  }
  return single
}

/**
 * A number for a field, whose range the layout itself looks at.
 * @throws {RangeError} when the text is none.
 */
export function parseNumber(field: Pick<Field, 'type'>, text: string): FieldNumber {
  if (isFloat(field)) return parseFloating(field, text)
  if (!INTEGER.test(text)) throw new RangeError(`'${text}' is no whole number`)
  const value = text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text.replace('+', ''))
  return field.type.endsWith('64') ? value : Number(value)
}

function parseFloating({ type }: Pick<Field, 'type'>, text: string): number {
  const named = NAMED.get(text.toLowerCase())
  if (named !== undefined) return named
  if (!DECIMAL.test(text)) throw new RangeError(`'${text}' is no number`)
  const value = Number(text)
  if (!Number.isFinite(type === 'f32' ? Math.fround(value) : value)) throw new RangeError(`${text} is too large for ${type}`)
  return value
}
