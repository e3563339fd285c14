// SPDX-License-Identifier: MIT
// One thing to tell of a state, or of the module: for people, and for programs that split lines.

import { visible, visibleWord } from '../escape.ts'

export interface Column<Item> {
  readonly name: string
  readonly numeric: boolean
  /** by which rows are sorted */
  readonly value: (item: Item) => string | number | null
  /** for a terminal */
  readonly human: (item: Item) => string
  /** one word, unless it says otherwise: bytes, seconds, `-` for nothing */
  readonly raw: (item: Item) => string
}

const NONE = '-'

export function text<Item>(name: string, value: (item: Item) => string | null): Column<Item> {
  const shown = (escape: (text: string) => string) => (item: Item) => escape(value(item) ?? '') || NONE
  return { name, numeric: false, value, human: shown(visible), raw: shown(visibleWord) }
}

/** For what stands alone on its line. */
export function words<Item>(name: string, value: (item: Item) => string): Column<Item> {
  const shown = (item: Item) => visible(value(item)) || NONE
  return { name, numeric: false, value, human: shown, raw: shown }
}

export function count<Item>(name: string, value: (item: Item) => number | null): Column<Item> {
  const shown = (item: Item) => plain(value(item))
  return { name, numeric: true, value, human: shown, raw: shown }
}

export function quantity<Item>(name: string, value: (item: Item) => number | null, format: (value: number) => string): Column<Item> {
  const human = (item: Item) => {
    const known = value(item)
    return known === null ? NONE : format(known)
  }
  return { name, numeric: true, value, human, raw: (item) => plain(value(item)) }
}

function plain(value: number | null): string {
  return value === null ? NONE : String(value)
}
