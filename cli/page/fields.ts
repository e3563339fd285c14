// SPDX-License-Identifier: MIT
// What --layout names in a page.

import { layout, type Field, type Layout } from '../../native/addon/layout.ts'
import { CommandError, usageError } from '../errors.ts'
import { EXIT } from '../exit.ts'
import { nearest } from '../nearest.ts'
import type { Options } from '../options.ts'
import { formatNumber, parseNumber, type FieldNumber } from './number.ts'

export interface FieldValue {
  readonly field: Field
  readonly value: FieldNumber
}

/** Fields, and how to get at them in the bytes of a page. */
export class Fields {
  constructor(
    /** as it was given */
    readonly text: string,
    private readonly layout: Layout<Record<string, FieldNumber>>,
  ) {}

  /** @throws {CommandError} where the page is too small */
  over(bytes: Uint8Array, page: string): FieldsOfPage {
    const { layout } = this
    if (bytes.length < layout.size) {
      throw new CommandError(`the layout takes ${layout.size} bytes, and the page has ${bytes.length}`, EXIT.failure, { subject: page })
    }
    return new FieldsOfPage(layout.fields, layout.over(bytes))
  }

  /** @throws {RangeError} that names the nearest one */
  named(name: string): Field {
    const { fields } = this.layout
    const field = fields.find((candidate) => candidate.name === name)
    if (field) return field
    const names = fields.map((candidate) => candidate.name)
    const [near] = nearest(name, names)
    throw new RangeError(`no field '${name}': ${near === undefined ? `there are ${names.join(', ')}` : `did you mean ${near}?`}`)
  }
}

/** Those in some bytes. */
export class FieldsOfPage {
  constructor(
    private readonly fields: readonly Field[],
    private readonly values: Record<string, FieldNumber>,
  ) {}

  all(): FieldValue[] {
    // The layout has given each a property.
    return this.fields.map((field) => ({ field, value: this.values[field.name] ?? 0 }))
  }

  /** As text. */
  get(field: Field): string {
    return formatNumber(field, this.values[field.name] ?? 0)
  }

  /** @throws {RangeError} for what is no number, or does not fit */
  set(field: Field, text: string): void {
    this.values[field.name] = parseNumber(field, text)
  }
}

/**
 * Undefined without --layout.
 * @throws {CommandError} for a layout that is none
 */
export function fieldsOf({ layout: text }: Options, command: string): Fields | undefined {
  if (text === undefined) return undefined
  try {
    return new Fields(text, layout<string>(text))
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw usageError(command, `--layout: ${error.message}`)
  }
}
