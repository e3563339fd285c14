// SPDX-License-Identifier: MIT
// Bytes as hexdump(1) -C shows them: offset, sixteen bytes, the text that they are.

const ROW = 16
const HALF = 8
const FIRST_SHOWN = 0x20
const LAST_SHOWN = 0x7e

export function dump(bytes: Uint8Array, { squeezed }: { readonly squeezed: boolean }): string {
  const lines: string[] = []
  let before: string | undefined
  for (let offset = 0; offset < bytes.length; offset += ROW) {
    const row = bytes.subarray(offset, offset + ROW)
    const digits = digitsOf(row)
    if (!squeezed || digits !== before) lines.push(`${offsetText(offset)}  ${digits}  |${textOf(row)}|`)
    else if (lines.at(-1) !== '*') lines.push('*')
    before = digits
  }
  lines.push(offsetText(bytes.length))
  return `${lines.join('\n')}\n`
}

function offsetText(offset: number): string {
  return offset.toString(16).padStart(8, '0')
}

function digitsOf(row: Uint8Array): string {
  const pairs = Array.from(row, (byte) => byte.toString(16).padStart(2, '0'))
  const halves = [pairs.slice(0, HALF), pairs.slice(HALF)].map((half) => half.join(' '))
  return halves.join('  ').padEnd(3 * ROW)
}

/** What stands beside the digits of these bytes. */
export function textOf(row: Uint8Array): string {
  return Array.from(row, (byte) => (byte >= FIRST_SHOWN && byte <= LAST_SHOWN ? String.fromCharCode(byte) : '.')).join('')
}

export interface DumpLine {
  readonly offset: number
  readonly bytes: Uint8Array
  /** beside them, undefined where there is none */
  readonly text: string | undefined
}

/**
 * One line of a dump.
 * @throws {RangeError} when it is none.
 */
export function parseDumpLine(line: string): DumpLine {
  const [, offset, digits = '', text] = /^\s*([0-9a-f]{1,8})(?:\s+([^|]*))?(?:\|(.*?)\|?\s*)?$/i.exec(line) ?? []
  if (offset === undefined) throw new RangeError('a line begins with an offset, in hexadecimal digits')
  const words = digits.trim() === '' ? [] : digits.trim().split(/\s+/)
  const wrong = words.find((word) => !/^([0-9a-f]{2})+$/i.test(word))
  if (wrong !== undefined) throw new RangeError(`'${wrong}' is no byte: two hexadecimal digits each`)
  return { offset: parseInt(offset, 16), bytes: Buffer.from(words.join(''), 'hex'), text }
}
