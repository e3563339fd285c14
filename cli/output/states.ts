// SPDX-License-Identifier: MIT
// States in the form that fits where they go: JSON where it was asked for, a table on a terminal, plain columns elsewhere.

import type { Session, StateInfo } from '../client.ts'
import { palette } from '../color.ts'
import type { Context } from '../context.ts'
import { glyphs } from '../glyphs.ts'
import type { Stream } from '../streams.ts'
import type { Column } from './column.ts'
import { DISPENSABLE, usualColumns } from './columns.ts'
import type { Form } from './form.ts'
import { document, stateToJson } from './json.ts'

/** `new`, `list` and `show` print the same document, with one state or many. */
export function printStatesAsJson(states: readonly StateInfo[], session: Session, { stdout }: Context): void {
  stdout.write(statesDocument(states, session))
}

export function statesDocument(states: readonly StateInfo[], { netns }: Pick<Session, 'netns'>): string {
  return document({ netns, states: states.map(stateToJson) })
}

export async function printTable(states: readonly StateInfo[], { columns, header }: Form<StateInfo>, { stdout }: Context): Promise<void> {
  stdout.write(await tableText(states, columns ?? usualColumns(), { header, dispensable: columns ? [] : DISPENSABLE }, stdout))
}

/** A table for where it goes. */
export async function tableText<Item>(
  items: readonly Item[],
  columns: readonly Column<Item>[],
  { header, dispensable }: { readonly header: boolean; readonly dispensable: readonly string[] },
  stdout: Stream,
): Promise<string> {
  const colors = await palette(stdout.color)
  if (!stdout.isTerminal) {
    const { plainTable } = await import('./plain.ts')
    return plainTable(items, columns, header, colors)
  }
  if (items.length === 0) return ''
  const { humanTable } = await import('./table.ts')
  return humanTable(items, columns, { header, width: stdout.columns, dispensable, colors, glyphs: glyphs(process.env) })
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
