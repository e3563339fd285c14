// SPDX-License-Identifier: MIT
// How wide the columns of a table may be.

export interface Extent {
  readonly natural: number
  /** to which it may be cut */
  readonly least: number
  /** the larger, the sooner it is left out; 0 stays */
  readonly dispensability: number
}

/**
 * A width for each column so that all fit in `width` with `gap` between them; 0 for one that is left out. Where even
 * the least widths of those that have to stay do not fit, they are what comes back.
 */
export function fitColumns(columns: readonly Extent[], width: number, gap: number): number[] {
  const widths = columns.map((column) => column.natural)
  const kept = () => widths.filter((each) => each > 0)
  const excess = () => kept().reduce((sum, each) => sum + each, 0) + gap * (kept().length - 1) - width
  shrink(columns, widths, excess())
  while (excess() > 0) {
    const victim = mostDispensable(columns, widths)
    if (victim < 0) break
    columns.forEach((column, index) => {
      if (widths[index] !== 0) widths[index] = column.natural
    })
    widths[victim] = 0
    shrink(columns, widths, excess())
  }
  return widths
}

/** Takes `excess` from the columns that can give, always from the widest. */
function shrink(columns: readonly Extent[], widths: number[], excess: number): void {
  for (let left = excess; left > 0; left--) {
    const widest = indexOfMost(widths, (width, index) => (width > (columns[index]?.least ?? width) ? width : 0))
    if (widest < 0) return
    widths[widest] = (widths[widest] ?? 0) - 1
  }
}

function mostDispensable(columns: readonly Extent[], widths: readonly number[]): number {
  return indexOfMost(columns, (column, index) => (widths[index] === 0 ? 0 : column.dispensability))
}

/** The index of the item with the largest score; -1 where no score is above 0. */
function indexOfMost<Item>(items: readonly Item[], score: (item: Item, index: number) => number): number {
  let best = -1
  let most = 0
  items.forEach((item, index) => {
    const value = score(item, index)
    if (value > most) [best, most] = [index, value]
  })
  return best
}
