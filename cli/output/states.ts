// SPDX-License-Identifier: MIT
// States in the form that fits where they go: JSON where it was asked for, a table on a terminal, plain columns elsewhere.

import type { Session, StateInfo } from '../client.ts'
import { palette } from '../color.ts'
import type { Context } from '../context.ts'
import type { Column } from './column.ts'
import { usualColumns } from './columns.ts'
import { document, stateToJson } from './json.ts'

/** `new`, `list` and `show` print the same document, with one state or many. */
export function printStatesAsJson(states: readonly StateInfo[], session: Session, { stdout }: Context): void {
  stdout.write(document({ netns: session.netns, states: states.map(stateToJson) }))
}

export interface Listing {
  readonly states: readonly StateInfo[]
  /** undefined for the usual ones */
  readonly columns: readonly Column<StateInfo>[] | undefined
  readonly header: boolean
}

export async function printTable({ states, columns, header }: Listing, { stdout }: Context): Promise<void> {
  const wanted = columns ?? usualColumns()
  const colors = await palette(stdout.color)
  if (!stdout.isTerminal) {
    const { plainTable } = await import('./plain.ts')
    stdout.write(plainTable(states, wanted, header, colors))
    return
  }
  const { humanTable } = await import('./table.ts')
  const layout = { header, width: stdout.columns, mayDrop: columns === undefined, colors }
  if (states.length > 0) stdout.write(await humanTable(states, wanted, layout))
}

export async function printFields<Item>(item: Item, columns: readonly Column<Item>[], { stdout }: Context): Promise<void> {
  if (stdout.isTerminal) {
    const { humanFields } = await import('./table.ts')
    stdout.write(humanFields(item, columns, await palette(stdout.color)))
  } else {
    const { plainFields } = await import('./plain.ts')
    stdout.write(plainFields(item, columns))
  }
}
