// SPDX-License-Identifier: MIT
// Pages in the kernel, from Node.

import { checkBoolean, checkText } from './check.ts'
import { netnsArgument, type Netns } from './netns.ts'
import type { PageCopy } from './page-copy.ts'
import { Page } from './page.ts'
import { promise } from './promise.ts'
import { Transaction } from './transaction.ts'

export { layout } from './layout.ts'
export type { Field, FieldType, Layout } from './layout.ts'
export { create, info, list, monitor, remove } from './page-info.ts'
export type { CreateOptions, ListOptions, MonitorOptions, NetnsOptions, PageEvent, PageInfo } from './page-info.ts'
export type { PageCopy } from './page-copy.ts'
export type { Change, ChangesOptions, Page, UpdateOptions } from './page.ts'
export type { Transaction } from './transaction.ts'

export interface OpenOptions {
  /**
   * Whether to write it, too, for which the first who wants to makes the page: 4096 zeroes, its mode 0666 less the umask.
   * Yes, where absent.
   */
  readonly write?: boolean | undefined
  /** The network namespace that it is in, without which it is the caller's. */
  readonly netns?: Netns | undefined
}

/**
 * Subscribes to a page. `ENOMODULE` where the module kstate is not loaded; `ENOENT` to read one that is not there; `EACCES`
 * where its mode does not permit it; `ENOSPC` or `EDQUOT` where the namespace has as many, or holds as much, as it may;
 * `EUSERS` where the page has 4096 subscribers.
 */
export function open(name: string, options: OpenOptions = {}): Promise<Page> {
  return promise(() => {
    const { write = true, netns } = options
    checkText(name, 'name', 'subscribe', undefined)
    checkBoolean(write, 'write')
    return new Page(name, write, netnsArgument(netns))
  })
}

/**
 * Copies of several pages as of one moment: of what was committed together, all or nothing. Rates do not matter here.
 * @param pages 1 to 16 of one namespace, none twice
 * @param into where they go, as for `read` of a page
 */
export function readMany(pages: readonly Page[], into?: readonly Uint8Array[]): PageCopy[] {
  return Page.readMany(pages, into)
}

/**
 * Commits transactions, all or none. Where nothing is different in one its page keeps its version, but must still have it.
 * They have ended then, as by their own commits, unless it was refused for what they are.
 * @param transactions 1 to 16, on pages of one namespace, no page twice
 */
export function commitMany(transactions: readonly Transaction[]): Promise<void> {
  return Transaction.commitMany(transactions)
}
