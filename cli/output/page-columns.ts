// SPDX-License-Identifier: MIT
// What there is to tell of a page.

import type { PageInfo } from '../client.ts'
import { formatSize } from '../sizes.ts'
import { count, quantity, text, type Column } from './column.ts'

export const PAGE_COLUMNS: readonly Column<PageInfo>[] = [
  text('name', (page) => page.name),
  quantity('size', (page) => page.size, formatSize),
  count('version', (page) => page.version),
  count('subscribers', (page) => page.subscribers),
  text('owner', ({ uid, gid }) => `${uid}:${gid}`),
  text('mode', ({ mode }) => formatMode(mode)),
  text('pinned', ({ pinned }) => yes(pinned)),
  text('persistent', ({ persistent }) => yes(persistent)),
  quantity('memory', (page) => page.memory, formatSize),
]

export const PAGE_COLUMN_NAMES: readonly string[] = PAGE_COLUMNS.map((column) => column.name)

/** In a narrow terminal the last of these is left out first. */
export const PAGE_DISPENSABLE: readonly string[] = ['size', 'mode', 'subscribers', 'version', 'pinned', 'persistent', 'owner', 'memory']

/** As chmod(1) has it. */
export function formatMode(mode: number): string {
  return mode.toString(8).padStart(4, '0')
}

function yes(flag: boolean): string | null {
  return flag ? 'yes' : null
}
