// SPDX-License-Identifier: MIT
// When to look again at what is shown live: when the kernel tells that something happened, and now and then for what it
// tells nobody of, such as how much memory a state holds.

import { isCode } from '../errors.ts'

export interface Pace {
  /** seconds after which to look although nothing was told */
  readonly interval: number
  /** ends it */
  readonly signal: AbortSignal
}

/** Seconds between two looks at least: many events come at once. */
const LEAST = 0.1
/** Or so many times as long as a look takes: what is looked at shall not be kept busy by that. */
const REST = 4

/**
 * What a look gives: now, and then whenever something happened, until the signal is given or there are no more events. What is
 * done with it until the next is asked for takes its time, too.
 */
export async function* looks<Seen>(events: AsyncIterable<unknown>, look: () => Promise<Seen>, { interval, signal }: Pace): AsyncGenerator<Seen, void> {
  const bell = new Bell()
  signal.addEventListener('abort', () => { bell.break() }, { once: true })
  const listening = listen(events, bell)
  while (!bell.broken && !signal.aborted) {
    bell.quiet()
    const began = performance.now()
    yield await look()
    const took = (performance.now() - began) / 1000
    const rest = Math.max(LEAST, REST * took)
    await bell.wait(rest, () => bell.broken)
    await bell.wait(interval - rest, () => bell.rang || bell.broken)
  }
  const failure = await listening
  if (failure && !(signal.aborted && isCode(failure, 'EINTR'))) throw failure
}

/** What it failed with: nobody waits for that as yet. */
async function listen(events: AsyncIterable<unknown>, bell: Bell): Promise<Error | undefined> {
  try {
    const coming = events[Symbol.asyncIterator]()
    while (!(await coming.next()).done) bell.ring()
    return undefined
  } catch (error) {
    if (error instanceof Error) return error
    throw error
  } finally {
    bell.break()
  }
}

/** Rings, until it is quieted, or for good, when it is broken. */
class Bell {
  rang = false
  broken = false
  #heard: () => void = () => undefined

  quiet(): void {
    this.rang = false
  }

  ring(): void {
    this.rang = true
    this.#heard()
  }

  break(): void {
    this.broken = true
    this.#heard()
  }

  /** Waits so long, or until it is enough. */
  wait(seconds: number, enough: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(0, seconds) * 1000)
      this.#heard = () => {
        if (!enough()) return
        clearTimeout(timer)
        resolve()
      }
      this.#heard()
    })
  }
}
