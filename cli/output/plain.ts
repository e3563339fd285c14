// SPDX-License-Identifier: MIT
// States for programs that split lines at spaces.

import type { Palette } from '../color.ts'
import type { Column } from './column.ts'

const GAP = '  '

/** Columns of one word each, under one line of names if wanted. */
export function plainTable<Item>(
  items: readonly Item[],
  columns: readonly Column<Item>[],
  header: boolean,
  colors: Palette,
): string {
  const heads = header ? columns.map((column) => column.name.toUpperCase()) : []
  const rows = items.map((item) => columns.map((column) => column.raw(item)))
  const widths = columns.map((_, index) => longest([heads, ...rows].map((row) => row[index] ?? '')))
  const line = (row: readonly string[]) => row.map((word, index) => word.padEnd(widths[index] ?? 0)).join(GAP).trimEnd()
  return [...(header ? [colors.heading(line(heads))] : []), ...rows.map(line)].map((text) => `${text}\n`).join('')
}

/** The length of the longest; there may be more of them than arguments of a call. */
export function longest(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, text.length), 0)
}

/** One line for each name and value. */
export function plainFields<Item>(item: Item, columns: readonly Column<Item>[]): string {
  const width = longest(columns.map((column) => column.name))
  return columns.map((column) => `${column.name.padEnd(width)}${GAP}${column.raw(item)}\n`).join('')
}
