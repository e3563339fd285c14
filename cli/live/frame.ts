// SPDX-License-Identifier: MIT
// A screen as lines, and what a terminal has to be told to show another one.

/** A line for each row, each exactly as wide as the terminal: there is then nothing to erase, and so nothing flickers. */
export type Frame = readonly string[]

const ESC = '\u001b['
/** Terminals that know it show all between the two at once; the others pass it over. */
const SYNCHRONIZED = { begin: `${ESC}?2026h`, end: `${ESC}?2026l` }

/** From the frame that is shown, or from anything at all, to another one: the lines that differ. */
export function repaint(shown: Frame | undefined, wanted: Frame): string {
  const changed = wanted.flatMap((line, row) => (shown?.[row] === line ? [] : `${ESC}${row + 1};1H${line}`))
  return changed.length === 0 ? '' : SYNCHRONIZED.begin + changed.join('') + SYNCHRONIZED.end
}

/** As many rows as there are: what does not fit is left out at the end. */
export function frameOf(lines: readonly string[], { rows, columns }: { readonly rows: number; readonly columns: number }): Frame {
  const blank = ' '.repeat(columns)
  return Array.from({ length: rows }, (_, row) => lines[row] ?? blank)
}
