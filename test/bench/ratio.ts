// SPDX-License-Identifier: MIT
// Two things compared on a machine that is busy with others: in many short rounds, one right after the other, so that
// what slows one slows both, and the median of the rounds' ratios.

/** One round's figures: ours, and what it is compared with. */
export type Pair = readonly [ours: number, theirs: number]

/** One line of the table, as measured. */
export interface Row {
  readonly name: string
  readonly against: string
  /** The ratio that may not be exceeded; undefined where the row only explains another. */
  readonly limit: number | undefined
  readonly unit: 'µs' | 'ms' | 'bytes'
  readonly pairs: readonly Pair[]
}

type Measure = () => Promise<number>

/** Before V8, caches and branch predictors know what comes, figures are of something else. */
export interface Rounds {
  readonly warmUp: number
  readonly rounds: number
}

export async function interleave({ warmUp, rounds }: Rounds, ours: Measure, theirs: Measure): Promise<Pair[]> {
  const pairs: Pair[] = []
  for (let round = -warmUp; round < rounds; round++) {
    const pair = [await ours(), await theirs()] as const
    if (round >= 0) pairs.push(pair)
  }
  return pairs
}

export interface Summary {
  readonly ours: number
  readonly theirs: number
  readonly ratio: number
  readonly least: number
  readonly most: number
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle)] ?? NaN)) / 2
}

export function summarize(pairs: readonly Pair[]): Summary {
  const ratios = pairs.map(([ours, theirs]) => ours / theirs)
  return {
    ours: median(pairs.map(([ours]) => ours)),
    theirs: median(pairs.map(([, theirs]) => theirs)),
    ratio: median(ratios),
    least: Math.min(...ratios),
    most: Math.max(...ratios),
  }
}
