// SPDX-License-Identifier: MIT
// Rows in the order that is asked for.

import type { Options } from '../options.ts'
import type { Column } from './column.ts'
import { columnNamed } from './columns.ts'

export interface Order<Item> {
  readonly column: Column<Item>
  readonly reverse: boolean
}

/** Texts from A, numbers from the largest, what has no value last; rows that are alike stay as they were. */
export function sorted<Item>(items: readonly Item[], { column, reverse }: Order<Item>): Item[] {
  const direction = reverse ? -1 : 1
  return items.toSorted((a, b) => {
    const [left, right] = [column.value(a), column.value(b)]
    if (left === null || right === null) return Number(left === null) - Number(right === null)
    return direction * compare(left, right)
  })
}

function compare(left: string | number, right: string | number): number {
  if (typeof left === 'number' && typeof right === 'number') return right - left
  return left < right ? -1 : left > right ? 1 : 0
}

/** As `--sort` and `--reverse` say; without them, as the kernel lists. */
export function ordering<Item>(
  { sort, reverse }: Pick<Options, 'sort' | 'reverse'>,
  columns: readonly Column<Item>[],
  command: string,
): (items: Item[]) => Item[] {
  if (sort === undefined) return reverse ? (items) => items.toReversed() : (items) => items
  const column = columnNamed(sort, columns, command)
  return (items) => sorted(items, { column, reverse: reverse ?? false })
}
