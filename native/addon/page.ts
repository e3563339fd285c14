// SPDX-License-Identifier: MIT

import { setImmediate, setTimeout } from 'node:timers/promises'
import { native } from './binding.ts'
import { checkArray, checkBoolean, checkBytes, checkMany, checkNumber, checkSignal, checkText } from './check.ts'
import { LunatikError } from './error.ts'
import { Feed, type FeedOptions } from './feed.ts'
import { PAGE, PAGE_NUMBERS, PAGE_SIZE_MAX, type NativePage, type NativeTransaction } from './native.ts'
import { PageCopy } from './page-copy.ts'
import { PageMap } from './page-map.ts'
import { promise } from './promise.ts'
import { stoppedBy } from './signal.ts'
import { Transaction } from './transaction.ts'

export interface UpdateOptions {
  /** How often it goes again where somebody else was faster; 64 times, where absent. */
  readonly retries?: number | undefined
  /** Whether to have the commit told to who monitors pages; no, where absent. */
  readonly announce?: boolean | undefined
  /** Stops it between two tries, which rejects (`EINTR`) with the signal's reason as its cause. */
  readonly signal?: AbortSignal | undefined
}

export interface ChangesOptions extends FeedOptions {
  /** Most that are told in a second, which may be less than one; without it, as many as can be taken. */
  readonly maxRate?: number | undefined
}

/** Changes a copy of a page, or refuses to by what it throws. */
export type Change<Result> = (copy: PageCopy) => Result | Promise<Result>

const RETRIES = 64
/** The longest wait after try n is 2^n microseconds, up to a limit: as the C library has it. */
const WAIT_SHIFT_MAX = 12
const MICROSECONDS = 1e3
const NANOSECONDS = 1e9

/** Of this thread, for what is copied at once to where it belongs. */
const ROOM = new Uint8Array(PAGE_SIZE_MAX)

/** Of two that wait equally long one would be too late each time. */
async function backOff(tries: number): Promise<void> {
  const milliseconds = (Math.random() * 2 ** Math.min(tries, WAIT_SHIFT_MAX)) / MICROSECONDS
  // Timers know no less than one.
  await (milliseconds < 1 ? setImmediate() : setTimeout(milliseconds))
}

function checkRetries(retries: number): void {
  if (!(Number.isSafeInteger(retries) || retries === Infinity) || retries < 0)
    throw new RangeError(`retries is no number of tries: ${String(retries)}`)
}

function nanosecondsBetween(maxRate: number | undefined): number {
  if (maxRate === undefined) return 0
  if (typeof maxRate !== 'number' || !(maxRate > 0))
    throw new RangeError(`maxRate is no number of changes in a second: ${String(maxRate)}`)
  return Math.min(Math.round(NANOSECONDS / maxRate), Number.MAX_SAFE_INTEGER)
}

/**
 * A subscription to a page: up to 4096 bytes that have a name and a version, which many read when they please and which are
 * changed by transactions.
 *
 *     using page = await pages.open('stats')
 *     await page.update(({ view }) => view.setUint32(0, view.getUint32(0, true) + 1, true))
 *     for await (const version of page.changes({ maxRate: 10 })) show(page.read().view.getUint32(0, true))
 *
 * Reading makes no system call and waits for nobody, so it is no promise either; that and `start` throw. What else fails
 * rejects, with a LunatikError: `EIDRM` the page was deleted, or its network namespace is gone; `EBADF` this was closed.
 */
export class Page {
  /** Its name in the namespace. */
  readonly name: string
  readonly #native: NativePage
  readonly #map: PageMap
  /** A rate may show another version than the newest, which only the library knows. */
  #paced = false
  readonly #numbers = new Float64Array(PAGE_NUMBERS)
  /** Of the last update, for the next. */
  #spare: NativeTransaction | undefined

  /** Use open(). */
  constructor(name: string, write: boolean, netns: string | undefined) {
    this.name = name
    this.#native = new native.Page(name, write, netns, this.#numbers)
    this.#map = new PageMap(this.#native.map())
  }

  /** Bytes of the page. */
  get size(): number {
    return this.#native.size()
  }

  /**
   * All of one version, never half of another; with changes at a rate, the one that was told last.
   * @param into where it goes, of which the copy then is the part that was filled; without it, new bytes. `EMSGSIZE` where
   *   it is too small.
   */
  read(into?: Uint8Array): PageCopy {
    // Where it is that it is the fastest question; those of another realm are none by it.
    const isPlain = !this.#paced && (into === undefined || into instanceof Uint8Array)
    return (isPlain ? this.#map.read(into) : undefined) ?? this.#ask(into)
  }

  /** By the library, which also knows what to do where a writer is too fast, and what is wrong. */
  #ask(into: Uint8Array | undefined): PageCopy {
    checkBytes(into, 'into')
    this.#native.read(into ?? ROOM)
    return copied(this.#numbers, 0, into)
  }

  /** What `pages.readMany` does. */
  static readMany(pages: readonly Page[], into?: readonly Uint8Array[]): PageCopy[] {
    checkMany(pages, 'pages')
    // Lists of our own, so that no code of the caller's runs between a look at them and their use.
    const natives = Array.from(pages, (page) => {
      if (!(page instanceof Page)) throw new TypeError('one of the pages is no Page')
      return page.#native
    })
    const rooms = into === undefined ? natives.map(() => new Uint8Array(PAGE_SIZE_MAX)) : roomsIn(into, natives.length)
    const numbers = new Float64Array(PAGE_NUMBERS * natives.length)
    native.readMany(natives, rooms, numbers)
    return rooms.map((room, index) => copied(numbers, index, room))
  }

  /**
   * Takes a copy to change and commit: what `update` does, for who needs more than a function for it. It sees the newest
   * version, whatever a rate shows, and outlives the subscription.
   */
  start(): Transaction {
    return new Transaction(this.#native)
  }

  /**
   * Calls a function with a copy of the page and commits what it makes of it, again and again until nobody else was
   * faster. Where nothing is different afterwards, nothing is done. What the function throws, or rejects with, leaves the
   * page as it is. `ESTALE` where somebody else was faster to the end.
   * @returns what the function did
   */
  async update<Result>(change: Change<Result>, options: UpdateOptions = {}): Promise<Result> {
    const { retries = RETRIES, announce = false, signal } = options
    if (typeof change !== 'function') throw new TypeError('what is to change the page is no function')
    checkRetries(retries)
    checkBoolean(announce, 'announce')
    checkSignal(signal)
    const transaction = this.#spare ?? new native.Transaction()
    this.#spare = undefined
    try {
      return await this.#retried(transaction, change, { retries, announce, signal })
    } finally {
      transaction.abort()
      this.#spare = transaction
    }
  }

  async #retried<Result>(
    transaction: NativeTransaction,
    change: Change<Result>,
    { retries, announce, signal }: { retries: number; announce: boolean; signal: AbortSignal | undefined },
  ): Promise<Result> {
    for (let tries = 1; ; tries++) {
      if (signal?.aborted) throw stoppedBy(signal, { operation: 'update', page: this.name })
      const bytes = transaction.start(this.#native)
      const result = await change(new PageCopy(transaction.version(), bytes))
      if (announce) transaction.announce()
      try {
        transaction.commit(bytes)
        return result
      } catch (error) {
        if (!(error instanceof LunatikError && error.code === 'ESTALE') || tries > retries) throw error
      }
      await backOff(tries)
    }
  }

  /** Gives the page another size, of 1 to 4096 bytes; once it was written only a larger one, with zeroes at the end. */
  resize(size: number): Promise<void> {
    return promise(() => {
      if (!Number.isSafeInteger(size)) throw new RangeError(`size is no number of bytes: ${String(size)}`)
      // What is no size of a page is none for the kernel either, whichever it is.
      this.#native.resize(size > 0 && size <= PAGE_SIZE_MAX ? size : 0)
    })
  }

  /** Removes the page; every use of it fails from then on. `EBUSY`, and nothing changes, while others are subscribed. */
  delete(): Promise<void> {
    return promise(() => { this.#native.delete() })
  }

  /**
   * Keeps a copy of the page in a file, for ever after; it stays without subscribers then. The copy follows within about a
   * tenth of a second. A page that was never written begins as what is in the file. Off the event loop, after whatever else
   * of `persist` and `sync` was begun of the page, so that a file system that hangs holds up nothing but those; closing the
   * page does not end it.
   *
   * `EEXIST` where it is kept in another file; `EBUSY` where the file is another page's; `EBADMSG` where something else is in
   * it; `EINVAL` where it is no regular one; as open() says.
   * @param file is made where there is none
   */
  persist(file: string): Promise<void> {
    return promise(() => {
      checkText(file, 'file', 'persist', undefined)
      return this.#native.persist(file)
    })
  }

  /**
   * Waits until a version is in the page's file for good. `EINVAL` for a page that is kept in none, or a version that there is
   * not.
   * @param version the newest, where absent
   */
  sync(version?: number): Promise<void> {
    return promise(() => {
      checkNumber(version, 'version', Number.MAX_SAFE_INTEGER)
      return this.#native.sync(version ?? 0)
    })
  }

  /**
   * The versions that the page gets, each when it is there: first the one that it has, if that was not told before, then
   * whatever is the newest once somebody asks; the last is always told. While it goes on at a rate, `read` shows the
   * version that was told. One at a time: a second is `EBUSY`. It ends when this is closed.
   */
  changes(options: ChangesOptions = {}): AsyncIterableIterator<number, undefined> {
    const open = () => {
      const nanoseconds = nanosecondsBetween(options.maxRate)
      this.#paced ||= nanoseconds > 0
      return new native.Changes(this.#native, nanoseconds)
    }
    return new Feed(open, (version: number) => version, { operation: 'changes', page: this.name }, options)
  }

  /** Ends the subscription, and the changes; a second time it does nothing. Transactions go on. */
  close(): void {
    this.#native.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }
}

/** What was read as one of several, into room that somebody gave or into ours. */
function copied(numbers: Float64Array, index: number, into: Uint8Array | undefined): PageCopy {
  const at = (number: number): number => numbers[index * PAGE_NUMBERS + number] ?? 0
  const size = at(PAGE.size)
  return new PageCopy(at(PAGE.version), into === undefined ? ROOM.slice(0, size) : filled(into, size))
}

function filled(room: Uint8Array, size: number): Uint8Array {
  return room.length === size ? room : room.subarray(0, size)
}

function roomsIn(into: readonly Uint8Array[], count: number): Uint8Array[] {
  checkArray(into, 'into')
  const rooms = Array.from(into)
  if (rooms.length !== count) throw new RangeError(`into has ${rooms.length} places for ${count} pages`)
  for (const room of rooms) {
    if ((room as unknown) === undefined) throw new TypeError('into has an empty place')
    checkBytes(room, 'into')
  }
  return rooms
}
