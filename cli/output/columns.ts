// SPDX-License-Identifier: MIT
// What there is to tell of a state: for people, and for programs that split lines.

import type { StateInfo } from '../client.ts'
import { visible, visibleWord } from '../escape.ts'
import { formatDuration, formatSize } from '../sizes.ts'

export interface Column {
  readonly name: string
  readonly numeric: boolean
  /** for a terminal */
  readonly human: (state: StateInfo) => string
  /** one word: bytes, seconds, `-` for nothing */
  readonly raw: (state: StateInfo) => string
}

const NONE = '-'

function text(name: string, value: (state: StateInfo) => string | null): Column {
  const shown = (escape: (text: string) => string) => (state: StateInfo) => escape(value(state) ?? '') || NONE
  return { name, numeric: false, human: shown(visible), raw: shown(visibleWord) }
}

function count(name: string, value: (state: StateInfo) => number | null): Column {
  const shown = (state: StateInfo) => plain(value(state))
  return { name, numeric: true, human: shown, raw: shown }
}

function quantity(name: string, value: (state: StateInfo) => number | null, format: (value: number) => string): Column {
  const human = (state: StateInfo) => {
    const known = value(state)
    return known === null ? NONE : format(known)
  }
  return { name, numeric: true, human, raw: (state) => plain(value(state)) }
}

function plain(value: number | null): string {
  return value === null ? NONE : String(value)
}

/** In the order of `show`. */
export const COLUMNS: readonly Column[] = [
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
  count('generation', (state) => state.generation),
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

export function usualColumns(): Column[] {
  return USUAL.flatMap((name) => findColumn(name) ?? [])
}

export function findColumn(name: string): Column | undefined {
  return COLUMNS.find((column) => column.name === name)
}

/** The larger, the sooner it goes; 0 stays. */
export function dispensability(column: Column): number {
  return DISPENSABLE.indexOf(column.name) + 1
}
