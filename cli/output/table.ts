// SPDX-License-Identifier: MIT
// States for people at a terminal.

import type { StateInfo } from '../client.ts'
import type { Palette } from '../color.ts'
import type { Column } from './column.ts'
import { dispensability } from './columns.ts'
import { fitColumns, type Extent } from './fit.ts'
import { longest } from './plain.ts'

const GAP = 2
const LEAST_TEXT = 8

export interface TableOptions {
  readonly header: boolean
  /** of the terminal */
  readonly width: number
  /** leave out columns that do not fit, rather than let lines wrap */
  readonly mayDrop: boolean
  readonly colors: Palette
}

/** A table without lines that is no wider than the terminal: text is cut, then columns are left out. */
export async function humanTable(
  states: readonly StateInfo[],
  columns: readonly Column<StateInfo>[],
  { header, width, mayDrop, colors }: TableOptions,
): Promise<string> {
  const { Table } = await import('./terminal.ts')
  const all = columns.map((column) => fill(column, states, mayDrop))
  const widths = fitColumns(all, width, GAP)
  const kept = all.flatMap((filled, index) => ({ ...filled, width: widths[index] ?? 0 })).filter((each) => each.width > 0)
  const table = new Table({
    head: header ? kept.map(({ head }) => colors.heading(head)) : [],
    colWidths: kept.map((each) => each.width + GAP),
    colAligns: kept.map(({ numeric }) => (numeric ? 'right' : 'left')),
    chars: LINELESS,
    // Colours of its own it would put into pipes, whatever NO_COLOR says.
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': GAP },
    truncate: '…',
  })
  table.push(...states.map((_, row) => kept.map(({ cells }) => cells[row] ?? '')))
  return `${table.toString().split('\n').map((line) => line.trimEnd()).join('\n')}\n`
}

interface Filled extends Extent {
  readonly head: string
  readonly cells: readonly string[]
  readonly numeric: boolean
}

function fill(column: Column<StateInfo>, states: readonly StateInfo[], mayDrop: boolean): Filled {
  const head = column.name.toUpperCase()
  const cells = states.map((state) => column.human(state))
  const natural = Math.max(head.length, longest(cells))
  // A number that is cut is another number.
  const least = column.numeric ? natural : Math.min(natural, LEAST_TEXT)
  return { head, cells, numeric: column.numeric, natural, least, dispensability: mayDrop ? dispensability(column) : 0 }
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
