// SPDX-License-Identifier: MIT
// A page as text for an editor, and what was made of it there. What was not changed in the text stays as it is in the page,
// to the last bit: a NaN keeps its payload, and so does what was deleted.

import { visible } from '../escape.ts'
import { dump, parseDumpLine, textOf } from './dump.ts'
import type { Fields, FieldsOfPage } from './fields.ts'
import { formatNumber } from './number.ts'

/** A text that is wrong: where, and why. */
export class TextError extends Error {
  constructor(
    /** from 1 */
    readonly line: number,
    message: string,
  ) {
    super(message)
  }
}

/** A page in a form that can be edited. */
export interface EditText {
  /** behind what explains it */
  readonly body: string
  readonly help: readonly string[]
  /**
   * Changes the bytes as an edited text says.
   * @throws {TextError}
   */
  readonly apply: (edited: string, bytes: Uint8Array) => void
}

export function fieldsText(fields: Fields, bytes: Uint8Array, page: string): EditText {
  const values = fields.over(bytes, page).all()
  return {
    body: values.map(({ field, value }) => `${field.name} = ${formatNumber(field, value)}\n`).join(''),
    help: [`layout: ${visible(fields.text)}`, 'A line for each number; what is left out stays as it is.'],
    apply(edited, changed) {
      new FieldLines(fields, fields.over(changed, page)).apply(edited)
    },
  }
}

export function bytesText(bytes: Uint8Array): EditText {
  return {
    body: dump(bytes, { squeezed: false }),
    help: ['Offset, bytes, and the text that they are, which is not read. What is left out stays as it is.'],
    apply(edited, changed) {
      applyDump(edited, changed)
    },
  }
}

/** Lines with something on them, without comments. */
function* linesOf(text: string): Generator<{ readonly number: number; readonly text: string }> {
  for (const [index, line] of text.split('\n').entries()) {
    const stripped = line.trim()
    if (stripped !== '' && !stripped.startsWith('#')) yield { number: index + 1, text: stripped }
  }
}

/** Does what may find a text wrong, and says in which line that was. */
function inLine<Result>(line: number, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new TextError(line, error.message)
  }
}

class FieldLines {
  /** where a field was set */
  readonly #lines = new Map<string, number>()

  constructor(
    private readonly fields: Fields,
    private readonly values: FieldsOfPage,
  ) {}

  apply(text: string): void {
    for (const line of linesOf(text)) inLine(line.number, () => { this.#one(line.number, line.text) })
  }

  #one(line: number, text: string): void {
    const [, name, value = ''] = /^(\w+)\s*=\s*(.*)$/.exec(text) ?? []
    if (name === undefined) throw new RangeError('a line is NAME = VALUE')
    const field = this.fields.named(name)
    const earlier = this.#lines.get(name)
    if (earlier !== undefined) throw new RangeError(`${name} stands in line ${earlier} already`)
    this.#lines.set(name, line)
    if (value !== this.values.get(field)) this.values.set(field, value)
  }
}

function applyDump(text: string, bytes: Uint8Array): void {
  const original = Uint8Array.from(bytes)
  /** the line that has set a byte */
  const setBy = new Uint32Array(bytes.length)
  for (const { number, text: line } of linesOf(text)) {
    if (line === '*') continue
    inLine(number, () => {
      const { offset, bytes: row, text: beside } = parseDumpLine(line)
      if (offset + row.length > bytes.length) throw new RangeError(`the page ends at ${hex(bytes.length)}, and this at ${hex(offset + row.length)}`)
      const earlier = setBy.subarray(offset, offset + row.length).find((each) => each > 0)
      if (earlier !== undefined) throw new RangeError(`line ${earlier} has bytes of this one already`)
      const before = original.subarray(offset, offset + row.length)
      if (beside !== undefined && beside !== textOf(before) && row.every((byte, index) => byte === before[index]))
        throw new RangeError('the text beside the bytes was changed, which is not read, and not the bytes')
      setBy.fill(number, offset, offset + row.length)
      bytes.set(row, offset)
    })
  }
}

function hex(offset: number): string {
  return offset.toString(16).padStart(8, '0')
}
