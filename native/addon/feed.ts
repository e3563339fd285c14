// SPDX-License-Identifier: MIT
// What keeps coming, as an iterable. It is read when somebody asks for the next and never ahead, so that a consumer
// that is slow has it wait in the kernel, which counts what it has no room for.

import { checkSignal } from './check.ts'
import type { NativeFeed } from './native.ts'
import { onAbort, stoppedBy, type About } from './signal.ts'

export interface FeedOptions {
  /** Ends it: what waits for the next rejects (`EINTR`), with the signal's reason as its cause. */
  readonly signal?: AbortSignal | undefined
}

interface Taker<Item> {
  readonly resolve: (result: IteratorResult<Item, undefined>) => void
  readonly reject: (error: unknown) => void
}

/** So many are given one after the other before the event loop gets to do something else: what comes faster would keep it. */
const AT_ONCE = 64

/** Open from its making on; closed by its end, a failure, its signal, `return`, or what it belongs to. */
export class Feed<Raw, Item> implements AsyncIterableIterator<Item, undefined> {
  #native: NativeFeed<Raw> | undefined
  readonly #convert: (raw: Raw) => Item | undefined
  readonly #takers: Taker<Item>[] = []
  /** What the next one to ask is told: nobody was there when it happened. */
  #failure: { readonly error: unknown } | undefined
  #ignoreSignal = (): void => undefined
  #asked = 0

  /** What `open` throws is a rejection of the first `next`; what `convert` knows nothing of is passed over. */
  constructor(
    open: () => NativeFeed<Raw>,
    convert: (raw: Raw) => Item | undefined,
    about: About,
    options: FeedOptions,
  ) {
    this.#convert = convert
    try {
      const { signal } = options
      checkSignal(signal)
      const aborted = (): void => {
        this.#fail(stoppedBy(signal, about))
      }
      if (signal?.aborted) {
        aborted()
        return
      }
      this.#native = open()
      this.#ignoreSignal = onAbort(signal, aborted)
    } catch (error) {
      this.#fail(error)
    }
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<Item, undefined>> {
    return new Promise((resolve, reject) => {
      this.#takers.push({ resolve, reject })
      if (this.#takers.length !== 1) return
      if (++this.#asked % AT_ONCE === 0) setImmediate(this.#serve)
      else this.#serve()
    })
  }

  return(): Promise<IteratorResult<Item, undefined>> {
    this.#end()
    return Promise.resolve({ done: true, value: undefined })
  }

  /** Gives the takers what there is, and has the rest of them wait. */
  readonly #serve = (): void => {
    try {
      while (this.#takers.length > 0 && this.#native) {
        const raw = this.#native.take()
        if (raw === undefined) {
          this.#native.watch(this.#serve)
          return
        }
        if (raw === null) break
        const value = this.#convert(raw)
        if (value !== undefined) this.#takers.shift()?.resolve({ done: false, value })
      }
    } catch (error) {
      this.#fail(error)
      return
    }
    if (this.#takers.length > 0) this.#end()
  }

  #fail(error: unknown): void {
    this.#failure = { error }
    this.#end()
  }

  #end(): void {
    this.#ignoreSignal()
    this.#native?.close()
    this.#native = undefined
    for (const { resolve, reject } of this.#takers.splice(0)) {
      const failure = this.#failure
      this.#failure = undefined
      if (failure) reject(failure.error)
      else resolve({ done: true, value: undefined })
    }
  }
}
