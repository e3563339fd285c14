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
  /** Of the ratios, the quartiles and the extremes: the former tell how sure the median is, the latter of accidents. */
  readonly lower: number
  readonly upper: number
  readonly least: number
  readonly most: number
}

/** What this share of the numbers is below. */
function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const at = (sorted.length - 1) * share
  return ((sorted[Math.floor(at)] ?? NaN) + (sorted[Math.ceil(at)] ?? NaN)) / 2
}

function median(numbers: readonly number[]): number {
  return quantile(numbers, 0.5)
}

export function summarize(pairs: readonly Pair[]): Summary {
  const ratios = pairs.map(([ours, theirs]) => ours / theirs)
  return {
    ours: median(pairs.map(([ours]) => ours)),
    theirs: median(pairs.map(([, theirs]) => theirs)),
    ratio: median(ratios),
    lower: quantile(ratios, 0.25),
    upper: quantile(ratios, 0.75),
    least: Math.min(...ratios),
    most: Math.max(...ratios),
  }
}
