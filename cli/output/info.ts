// SPDX-License-Identifier: MIT
// What there is to tell of the module and of a namespace.

import type { Info } from '../client.ts'
import { formatDuration, formatSize } from '../sizes.ts'
import { count, quantity, text, words, type Column } from './column.ts'

/** In the contract's words, and in an order for people: what it is, what the namespace holds of what it may, all else. */
export const FIELDS: readonly Column<Info>[] = [
  text('module', (info) => info.module),
  text('protocol', (info) => String(info.protocol)),
  text('lua', (info) => info.lua),
  text('kernel', (info) => info.kernel),
  text('branches', (info) => info.branches),
  words('build', (info) => info.build),
  count('states', (info) => info.states),
  count('states_max', (info) => info.statesMax),
  quantity('memory', (info) => info.memory, formatSize),
  quantity('memory_max', (info) => info.memoryMax, formatSize),
  count('sessions', (info) => info.sessions),
  count('sessions_max', (info) => info.sessionsMax),
  quantity('maxalloc', (info) => info.maxalloc, formatSize),
  quantity('maxalloc_min', (info) => info.maxallocMin, formatSize),
  quantity('maxalloc_max', (info) => info.maxallocMax, formatSize),
  quantity('budget', (info) => info.budget, formatBudget),
  quantity('code_max', (info) => info.codeMax, formatSize),
  quantity('output_max', (info) => info.outputMax, formatSize),
  quantity('data_max', (info) => info.dataMax, formatSize),
  quantity('queue_max', (info) => info.queueMax, formatSize),
  count('users_max', (info) => info.usersMax),
  count('uploads_max', (info) => info.uploadsMax),
  count('name_max', (info) => info.nameMax),
  count('chunk_name_max', (info) => info.chunkNameMax),
  count('step_max', (info) => info.stepMax),
]

export const FIELD_NAMES: readonly string[] = FIELDS.map((field) => field.name)

function formatBudget(seconds: number): string {
  return seconds === 0 ? 'no limit' : formatDuration(seconds)
}
