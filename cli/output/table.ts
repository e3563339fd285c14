// SPDX-License-Identifier: MIT
// States for people at a terminal.

import type { Palette } from '../color.ts'
import type { Glyphs } from '../glyphs.ts'
import type { Column } from './column.ts'
import { fitColumns, type Extent } from './fit.ts'
import { longest } from './plain.ts'

export const GAP = 2
const LEAST_TEXT = 8

export interface TableOptions {
  readonly header: boolean
  /** of the terminal */
  readonly width: number
  /** names of columns that are left out rather than let lines wrap, the last first */
  readonly dispensable: readonly string[]
  readonly colors: Palette
  readonly glyphs: Glyphs
}

/** A table without lines that is no wider than the terminal: text is cut, then columns are left out. */
export async function humanTable<Item>(
  items: readonly Item[],
  columns: readonly Column<Item>[],
  { header, width, dispensable, colors, glyphs }: TableOptions,
): Promise<string> {
  const { Table, stringWidth } = await import('./terminal.ts')
  const kept = layOut(items, columns, { width, dispensable, measure: stringWidth })
  const table = new Table({
    head: header ? kept.map(({ head }) => colors.heading(head)) : [],
    colWidths: kept.map((each) => each.width + GAP),
    colAligns: kept.map(({ column }) => (column.numeric ? 'right' : 'left')),
    chars: LINELESS,
    // Colours of its own it would put into pipes, whatever NO_COLOR says.
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': GAP },
    truncate: glyphs.ellipsis,
  })
  table.push(...items.map((_, row) => kept.map(({ cells }) => cells[row] ?? '')))
  return `${table.toString().split('\n').map((line) => line.trimEnd()).join('\n')}\n`
}

/** A column that is shown. */
export interface Laid<Item> {
  readonly column: Column<Item>
  readonly head: string
  readonly cells: readonly string[]
  /** to which longer cells are to be cut */
  readonly width: number
}

export interface Layout {
  readonly width: number
  readonly dispensable: readonly string[]
  /** columns that a text takes on a terminal */
  readonly measure: (text: string) => number
  /** what stands behind the name of a column in its heading */
  readonly mark?: (name: string) => string
}

/** The columns that fit, with their widths. */
export function layOut<Item>(items: readonly Item[], columns: readonly Column<Item>[], { width, dispensable, measure, mark = () => '' }: Layout): Laid<Item>[] {
  const all = columns.map((column) => {
    const head = column.name.toUpperCase() + mark(column.name)
    const cells = items.map((item) => column.human(item))
    return { column, head, cells, extent: extentOf(column, [head, ...cells], dispensable, measure) }
  })
  const widths = fitColumns(all.map(({ extent }) => extent), width, GAP)
  return all.flatMap(({ column, head, cells }, index) => ({ column, head, cells, width: widths[index] ?? 0 })).filter((each) => each.width > 0)
}

function extentOf<Item>(column: Column<Item>, texts: readonly string[], dispensable: readonly string[], measure: Layout['measure']): Extent {
  const natural = texts.reduce((most, text) => Math.max(most, measure(text)), 0)
  // A number that is cut is another number.
  const least = column.numeric ? natural : Math.min(natural, LEAST_TEXT)
  return { natural, least, dispensability: dispensable.indexOf(column.name) + 1 }
}

const LINELESS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
}

/** Names and values of one thing. */
export function humanFields<Item>(item: Item, columns: readonly Column<Item>[], colors: Palette): string {
  const width = longest(columns.map((column) => column.name)) + GAP
  return columns.map((column) => `${colors.heading(column.name.padEnd(width))}${column.human(item)}\n`).join('')
}
