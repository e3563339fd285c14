// SPDX-License-Identifier: MIT

import { native } from './binding.ts'
import { checkMany } from './check.ts'
import type { NativePage, NativeTransaction } from './native.ts'
import { PageCopy } from './page-copy.ts'
import { promise } from './promise.ts'

/**
 * A copy of a page, to be changed and committed. It is the caller's alone, and stays as it was at the start whatever
 * happens to the page; only the commit asks whether somebody else was faster.
 */
export class Transaction extends PageCopy {
  readonly #native: NativeTransaction

  /** Use start() of a page. */
  constructor(page: NativePage) {
    const transaction = new native.Transaction()
    const bytes = transaction.start(page)
    super(transaction.version(), bytes)
    this.#native = transaction
  }

  /** What `pages.commitMany` does. */
  static commitMany(transactions: readonly Transaction[]): Promise<void> {
    return promise(() => {
      checkMany(transactions, 'transactions')
      // A list of our own, so that those that are looked at are those that are committed.
      const own = Array.from(transactions)
      const natives = own.map((transaction) => {
        if (!(transaction instanceof Transaction)) throw new TypeError('one of the transactions is no Transaction')
        return transaction.#native
      })
      native.commitMany(natives, own.map(({ bytes }) => bytes))
    })
  }

  /** Has its commit told to who monitors pages, unless one of this page was a moment ago; that of one that has ended is `EBADF`. */
  announce(): void {
    this.#native.announce()
  }

  /**
   * Makes the copy the page's next version; where nothing is different, nothing is done. `ESTALE`, and the page is as it
   * was, where somebody else has changed it since. Either way the transaction has ended: one that has is `EBADF`.
   */
  commit(): Promise<void> {
    return promise(() => { this.#native.commit(this.bytes) })
  }

  /** Forgets it; of one that has ended nothing. */
  abort(): void {
    this.#native.abort()
  }

  [Symbol.dispose](): void {
    this.abort()
  }
}
