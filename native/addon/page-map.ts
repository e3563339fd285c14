// SPDX-License-Identifier: MIT
// Reading a page out of what is mapped, as linux/kstate.h says and libkstate does: a call into the addon alone takes longer
// than to copy.
//
// What is read there changes meanwhile, of which JavaScript knows nothing. The order is kept all the same: `set` is a call,
// over which V8 carries no value that it has loaded, and x86 does not reorder loads. A version is read in two halves; one
// that is torn is no slot's sequence before and after.

import { PAGE_SIZE_MAX } from './native.ts'
import { PageCopy } from './page-copy.ts'

/** Of struct kstate_map, in words of 4 bytes; a slot's are counted from its own. */
export const MAP = { version: 0, removed: 2, slots: 16 } as const
export const SLOT = { sequence: 0, size: 2, words: 16 } as const
export const SLOTS = 8
const TRIES = 2
const HALF = 2 ** 32

export class PageMap {
  readonly #buffer: ArrayBuffer
  readonly #words: Uint32Array
  /** The slots' data, as long as the page was when it was read last. */
  #data: readonly Uint8Array[] = []
  #size = -1

  constructor(buffer: ArrayBuffer) {
    this.#buffer = buffer
    this.#words = new Uint32Array(buffer)
  }

  /** Undefined where it is not for here: a writer is too fast, there is too little room, or the page is gone or closed. */
  read(into: Uint8Array | undefined): PageCopy | undefined {
    // All that was mapped is undefined once it was closed.
    if (this.#words[MAP.removed] !== 0) return undefined
    for (let tries = 0; tries < TRIES; tries++) {
      const copy = this.#try(into)
      if (copy) return copy
    }
    return undefined
  }

  #try(into: Uint8Array | undefined): PageCopy | undefined {
    const words = this.#words
    const low = words[MAP.version] ?? 0
    const high = words[MAP.version + 1] ?? 0
    const index = low % SLOTS
    const slot = MAP.slots + index * SLOT.words
    if (words[slot] !== low || words[slot + 1] !== high) return undefined
    const size = words[slot + SLOT.size] ?? 0
    if (into && into.length < size) return undefined
    const data = this.#dataOf(index, size)
    if (!data) return undefined
    const bytes = into ?? new Uint8Array(size)
    bytes.set(data)
    if (words[slot] !== low || words[slot + 1] !== high) return undefined
    return new PageCopy(high * HALF + low, bytes.length === size ? bytes : bytes.subarray(0, size))
  }

  #dataOf(index: number, size: number): Uint8Array | undefined {
    if (size !== this.#size && size <= PAGE_SIZE_MAX) {
      this.#data = Array.from({ length: SLOTS }, (_, slot) => new Uint8Array(this.#buffer, (1 + slot) * PAGE_SIZE_MAX, size))
      this.#size = size
    }
    return this.#data[index]
  }
}
