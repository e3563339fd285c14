// SPDX-License-Identifier: MIT
// Options of more than one command: what is called the same means the same.

import { parseDuration } from '../sizes.ts'
import type { OptionSpec } from './spec.ts'

/** Of what prints a table with these columns. */
export function tableOptions(columns: readonly string[]): readonly OptionSpec[] {
  return [
    {
      flags: '-o, --output <columns>',
      description: `columns, with commas between; name alone prints bare names (${columns.join(', ')})`,
      complete: { list: columns },
      parse: splitAtCommas,
    },
    { flags: '--no-header', description: 'without the line of column names' },
    ...sorting(columns),
  ]
}

export function sorting(columns: readonly string[]): readonly OptionSpec[] {
  return [
    {
      flags: '--sort <column>',
      description: 'sort by this column: numbers from the largest, texts from A',
      complete: columns,
    },
    { flags: '--reverse', description: 'the other way round' },
  ]
}

function splitAtCommas(text: string): string[] {
  return text.split(',')
}

export const TIMEOUT = { flags: '--timeout <duration>', parse: parseDuration }
