// SPDX-License-Identifier: MIT
// What there is to tell of a state.

import type { StateInfo } from '../client.ts'
import { usageError } from '../errors.ts'
import { nearest } from '../nearest.ts'
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

/** What `top` tells, of states and of what they do. */
export const ACTIVITY_NAMES = ['name', 'use', 'curralloc', 'maxalloc', 'runs', 'rate', 'lua', 'errors', 'queued', 'inuse', 'age', 'script'] as const

export const ACTIVITY_DISPENSABLE: readonly string[] = ['use', 'rate', 'errors', 'lua', 'curralloc', 'maxalloc', 'queued', 'script', 'runs', 'inuse', 'age']

/** What `list` prints unless told otherwise. */
const USUAL = ['name', 'users', 'inuse', 'curralloc', 'maxalloc', 'runs', 'errors', 'age', 'script']
/** In a narrow terminal the last of these is left out first. */
export const DISPENSABLE: readonly string[] = ['curralloc', 'inuse', 'maxalloc', 'script', 'errors', 'runs', 'age', 'users']

export function usualColumns(): Column<StateInfo>[] {
  return USUAL.flatMap((name) => findColumn(name) ?? [])
}

export function findColumn(name: string): Column<StateInfo> | undefined {
  return COLUMNS.find((column) => column.name === name)
}

/** @throws {CommandError} that names the nearest ones */
export function columnNamed<Item>(name: string, columns: readonly Column<Item>[], command: string): Column<Item> {
  const column = columns.find((candidate) => candidate.name === name)
  if (column) return column
  const names = columns.map((candidate) => candidate.name)
  const [near] = nearest(name, names)
  const advice = near === undefined ? `there are ${names.join(', ')}` : `did you mean ${near}?`
  throw usageError(command, `no column '${name}': ${advice}`)
}

