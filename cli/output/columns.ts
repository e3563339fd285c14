// SPDX-License-Identifier: MIT
// What there is to tell of a state.

import type { StateInfo } from '../client.ts'
import { formatDuration, formatSize } from '../sizes.ts'
import { hex } from './bytes.ts'
import { count, quantity, text, type Column } from './column.ts'

/** In the order of `show`. */
export const COLUMNS: readonly Column<StateInfo>[] = [
  text('name', (state) => state.name),
  text('context', (state) => state.context),
  count('users', (state) => state.users),
  count('pins', (state) => state.pins),
  count('inuse', (state) => state.inuse),
  quantity('maxalloc', (state) => state.maxalloc, formatSize),
  quantity('curralloc', (state) => state.curralloc, formatSize),
  quantity('peak', (state) => state.peak, formatSize),
  text('script', (state) => state.script?.name ?? null),
  quantity('script_size', (state) => state.script?.size ?? null, formatSize),
  text('script_sha256', (state) => state.script?.sha256 ?? null),
  count('generation', (state) => state.generation),
  text('step', (state) => state.step && hex(state.step)),
  quantity('age', (state) => state.age, formatDuration),
  count('runs', (state) => state.runs),
  count('errors', (state) => state.errors),
  count('aborts', (state) => state.aborts),
  quantity('run_time', (state) => state.runTime, formatDuration),
  quantity('queued', (state) => state.queued, formatSize),
  count('refused', (state) => state.refused),
]

export const COLUMN_NAMES: readonly string[] = COLUMNS.map((column) => column.name)

/** What `list` prints unless told otherwise; in a narrow terminal the last of DISPENSABLE is left out first. */
const USUAL = ['name', 'users', 'inuse', 'curralloc', 'maxalloc', 'runs', 'errors', 'age', 'script']
const DISPENSABLE = ['curralloc', 'inuse', 'maxalloc', 'script', 'errors', 'runs', 'age', 'users']

export function usualColumns(): Column<StateInfo>[] {
  return USUAL.flatMap((name) => findColumn(name) ?? [])
}

export function findColumn(name: string): Column<StateInfo> | undefined {
  return COLUMNS.find((column) => column.name === name)
}

/** The larger, the sooner it goes; 0 stays. */
export function dispensability(column: Column<StateInfo>): number {
  return DISPENSABLE.indexOf(column.name) + 1
}
