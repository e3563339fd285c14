// SPDX-License-Identifier: MIT
// Lines for a screen: each takes as many columns as there are, whatever is written in it.

import type { Paint } from '../color.ts'
import type { Laid } from '../output/table.ts'
import { GAP } from '../output/table.ts'

export interface Pen {
  /** columns of a terminal that a text takes */
  readonly measure: (text: string) => number
  readonly ellipsis: string
}

/** Text cut or filled up to a width. */
export function fitted(text: string, width: number, { measure, ellipsis }: Pen, right = false): string {
  const taken = measure(text)
  if (taken <= width) return right ? ' '.repeat(width - taken) + text : text + ' '.repeat(width - taken)
  const room = width - ellipsis.length
  let kept = ''
  for (const character of room > 0 ? text : '') {
    if (measure(kept + character) > room) break
    kept += character
  }
  const cut = kept + ellipsis.slice(0, width)
  // A wide character that does not fit leaves a gap.
  return cut + ' '.repeat(width - measure(cut))
}

/** One row of a table, and blanks up to the terminal's edge; what has to be shown and does not fit is cut there. */
export function rowLine<Item>(
  laid: readonly Laid<Item>[],
  cell: (each: Laid<Item>) => { readonly text: string; readonly paint: Paint },
  width: number,
  pen: Pen,
): string {
  let line = ''
  let room = width
  for (const each of laid) {
    const { text, paint } = cell(each)
    const taken = Math.min(each.width, room)
    const gap = Math.min(GAP, room - taken)
    line += paint(fitted(text, taken, pen, each.column.numeric)) + ' '.repeat(gap)
    room -= taken + gap
  }
  return line + ' '.repeat(room)
}
