// SPDX-License-Identifier: MIT
// Lua values as Lua itself writes them. Strings at the top are raw bytes, as `print` leaves them; inside tables they
// are quoted.

import { LuaFloat, type LuaValue } from '../client.ts'
import { UNSAFE, visible } from '../escape.ts'

const DIGITS = 14
const INDENT = '  '
export const KEYWORDS: ReadonlySet<string> = new Set(
  ('and break do else elseif end false for function goto if in local nil not or repeat return then true until ' +
    'while').split(' '),
)

/** The only key of a table that stands for what cannot be carried out of the kernel: its value tells what that is. */
export const OPAQUE = '\u0000opaque'

/** A float as `%.14g` of C with Lua's `.0` for what would read as an integer. */
export function formatFloat(value: number): string {
  if (Number.isNaN(value)) return signBit(value) ? '-nan' : 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  const text = formatG(value)
  return /^-?\d+$/.test(text) ? `${text}.0` : text
}

function signBit(value: number): boolean {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  return view.getUint8(0) >= 0x80
}

function formatG(value: number): string {
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  const { digits, exponent } = significant(Math.abs(value))
  if (exponent < -4 || exponent >= DIGITS) {
    const power = String(Math.abs(exponent)).padStart(2, '0')
    return `${sign}${point(digits, 1)}e${exponent < 0 ? '-' : '+'}${power}`
  }
  if (exponent < 0) return sign + point('0'.repeat(-exponent) + digits, 1)
  return sign + point(digits, exponent + 1)
}

/** The first 14 significant digits, rounded as C does: halves to even, where JavaScript rounds them up. */
function significant(value: number): { digits: string; exponent: number } {
  const rounded = split(value.toExponential(DIGITS - 1))
  // 100 digits are exact wherever the rest after the 14th is just a half.
  const exact = split(value.toExponential(100)).digits
  const half = exact[DIGITS] === '5' && /^0*$/.test(exact.slice(DIGITS + 1))
  const even = Number(exact[DIGITS - 1]) % 2 === 0
  return half && even ? { digits: exact.slice(0, DIGITS), exponent: rounded.exponent } : rounded
}

function split(exponential: string): { digits: string; exponent: number } {
  const [mantissa = '', exponent = ''] = exponential.split('e')
  return { digits: mantissa.replace('.', ''), exponent: Number(exponent) }
}

/** Digits with a point after the first `whole` ones, without zeros at the end. */
function point(digits: string, whole: number): string {
  const fraction = digits.slice(whole).replace(/0+$/, '')
  return digits.slice(0, whole) + (fraction === '' ? '' : `.${fraction}`)
}

/** What a chunk returned, as Lua's prompt prints it: tabs between, one newline; nothing for no values. */
export function formatValues(values: readonly LuaValue[], columns: number): Uint8Array {
  if (values.length === 0) return new Uint8Array()
  const parts: Uint8Array[] = []
  for (const value of values) {
    if (parts.length > 0) parts.push(Buffer.from('\t'))
    parts.push(value instanceof Uint8Array ? value : Buffer.from(formatTop(value, columns)))
  }
  parts.push(Buffer.from('\n'))
  return Buffer.concat(parts)
}

function formatTop(value: LuaValue, columns: number): string {
  return typeof value === 'string' ? value : formatValue(value, columns)
}

/** A value as a Lua expression, over several lines where it does not fit one of `columns`. */
export function formatValue(value: LuaValue, columns: number, depth = 0): string {
  if (value === null) return 'nil'
  const opaque = value instanceof Map && value.size === 1 ? value.get(OPAQUE) : undefined
  if (typeof opaque === 'string') return `<${visible(opaque)}>`
  if (typeof value === 'string') return quote(value)
  if (value instanceof Uint8Array) return quoteBytes(value)
  if (value instanceof LuaFloat) return formatFloat(value.value)
  if (value instanceof Map || Array.isArray(value)) return formatTable(value, columns, depth)
  return String(value)
}

function formatTable(table: LuaValue[] | Map<LuaValue, LuaValue>, columns: number, depth: number): string {
  const indent = INDENT.repeat(depth + 1)
  const fields = [...entries(table)].map(([key, value]) => key + formatValue(value, columns, depth + 1))
  const line = `{${fields.join(', ')}}`
  if (fields.length === 0 || (line.length + indent.length <= columns && !line.includes('\n'))) return line
  return `{\n${fields.map((field) => `${indent}${field},\n`).join('')}${INDENT.repeat(depth)}}`
}

function* entries(table: LuaValue[] | Map<LuaValue, LuaValue>): Generator<[string, LuaValue]> {
  if (Array.isArray(table)) for (const value of table) yield ['', value]
  else for (const [key, value] of table) yield [`${formatKey(key)} = `, value]
}

function formatKey(key: LuaValue): string {
  if (typeof key === 'string' && /^[A-Za-z_]\w*$/.test(key) && !KEYWORDS.has(key)) return key
  return `[${formatValue(key, Infinity)}]`
}

const NAMED_ESCAPES: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '"': '\\"',
  '\\': '\\\\',
}

/** What ends a string or a line, or begins an escape, and what a terminal would obey. */
const ESCAPED = new RegExp(`["\\\\\\t\\n]|${UNSAFE.source}`, 'g')

function quote(text: string): string {
  const escaped = text.replace(ESCAPED, (character) => {
    const code = character.charCodeAt(0)
    const hex = code.toString(16).padStart(2, '0')
    return NAMED_ESCAPES[character] ?? (code < 0x80 ? `\\x${hex}` : `\\u{${hex}}`)
  })
  return `"${escaped}"`
}

function quoteBytes(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) {
    const character = String.fromCharCode(byte)
    text += byte < 0x7f ? quote(character).slice(1, -1) : `\\x${byte.toString(16)}`
  }
  return `"${text}"`
}
