// SPDX-License-Identifier: MIT
// The names that somebody who mistyped one may have meant.

const MOST = 3

/** The names nearest to `wanted`, best first; none that differ in more than about a third of it. */
export function nearest(wanted: string, names: readonly string[]): string[] {
  const limit = Math.max(1, Math.floor(wanted.length / 3))
  return names
    .map((name) => ({ name, distance: name.startsWith(wanted) ? 1 : distance(wanted, name) }))
    .filter((candidate) => candidate.distance <= limit)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, MOST)
    .map((candidate) => candidate.name)
}

/** Damerau and Levenshtein's distance where neighbours change places at most once; case counts for nothing. */
function distance(left: string, right: string): number {
  const a = left.toLowerCase()
  const b = right.toLowerCase()
  let before: number[] = []
  let above = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1]
      const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      const changed = cell(above, column - 1) + (same ? 0 : 1)
      const added = cell(current, column - 1) + 1
      const removed = cell(above, column) + 1
      const turned = swapped ? cell(before, column - 2) + 1 : Infinity
      current.push(Math.min(changed, added, removed, turned))
    }
    before = above
    above = current
  }
  return cell(above, b.length)
}

function cell(row: readonly number[], column: number): number {
  return row[column] ?? Infinity
}
