// SPDX-License-Identifier: MIT
// What pages there are, and what happens to them. All of it needs CAP_NET_ADMIN, and none of it the rights to what is in them.

import { native } from './binding.ts'
import { checkNumber, checkText } from './check.ts'
import { Feed, type FeedOptions } from './feed.ts'
import { PAGE_EVENTS, PAGE_INFO, PAGE_INFO_NUMBERS, type NativeFeed, type NativePages, type RawPageEvent } from './native.ts'
import { netnsArgument, type Netns } from './netns.ts'
import { promise } from './promise.ts'

/** A page as listed, by the contract's names (kmod/kstate.yaml). */
export interface PageInfo {
  readonly name: string
  /** Bytes. */
  readonly size: number
  /** 0 until it is written. */
  readonly version: number
  readonly subscribers: number
  readonly uid: number
  readonly gid: number
  /** As of files. */
  readonly mode: number
  /** Stays without subscribers. */
  readonly pinned: boolean
  /** Has a copy in a file, and stays without subscribers. */
  readonly persistent: boolean
  /** Bytes that are held for it. */
  readonly memory: number
}

/** What happened to a page; `overrun` in place of events that came faster than they were taken. */
export type PageEvent =
  | { readonly type: 'created' | 'removed'; readonly name: string; readonly version: number }
  | {
      readonly type: 'committed'
      readonly name: string
      readonly version: number
      /** Those since the last that was told which came too soon after it. */
      readonly passed_over: number
    }
  | { readonly type: 'overrun' }

export interface NetnsOptions {
  /** The network namespace, without which it is the caller's. */
  readonly netns?: Netns | undefined
}

export interface ListOptions extends NetnsOptions {
  /** Only those whose names fit this shell glob. */
  readonly match?: string | undefined
}

export interface CreateOptions extends NetnsOptions {
  /** Bytes, 1 to 4096; 4096 where absent. */
  readonly size?: number | undefined
  /** Permissions, as of files; 0600 where absent. */
  readonly mode?: number | undefined
}

export type MonitorOptions = NetnsOptions & FeedOptions

/** One more is what the library takes for none given. */
const NUMBER_MAX = 2 ** 32 - 2

/** With the pages of a namespace, which take a socket. */
function withPages<Result>(netns: Netns | undefined, work: (pages: NativePages) => Result): Promise<Result> {
  return promise(() => {
    const pages = new native.Pages(netnsArgument(netns))
    try {
      return work(pages)
    } finally {
      pages.close()
    }
  })
}

/** A page out of an array of records. */
function pageInfo(name: string, records: Float64Array, index: number): PageInfo {
  const at = (number: number): number => records[index * PAGE_INFO_NUMBERS + number] ?? 0
  return {
    name,
    size: at(PAGE_INFO.size),
    version: at(PAGE_INFO.version),
    subscribers: at(PAGE_INFO.subscribers),
    uid: at(PAGE_INFO.uid),
    gid: at(PAGE_INFO.gid),
    mode: at(PAGE_INFO.mode),
    pinned: at(PAGE_INFO.pinned) === 1,
    persistent: at(PAGE_INFO.persistent) === 1,
    memory: at(PAGE_INFO.memory),
  }
}

/** All pages by name, or those that fit; of one moment. */
export function list(options: ListOptions = {}): Promise<PageInfo[]> {
  return promise(() => {
    const { match, netns } = options
    if (match !== undefined) checkText(match, 'pattern', 'list', undefined)
    return withPages(netns, (pages) => {
      const [records, names] = pages.list(match)
      return names.map((name, index) => pageInfo(name, records, index))
    })
  })
}

/** One page; `ENOENT` where it is not there. */
export function info(name: string, options: NetnsOptions = {}): Promise<PageInfo> {
  return promise(() => {
    checkText(name, 'name', 'list', undefined)
    return withPages(options.netns, (pages) => pageInfo(name, pages.info(name), 0))
  })
}

/**
 * Makes a page that stays without subscribers, or has one that is there stay, whose size and mode then stay as they are.
 * `ENOSPC` or `EDQUOT` where the namespace has as many, or holds as much, as it may.
 */
export function create(name: string, options: CreateOptions = {}): Promise<void> {
  return promise(() => {
    const { size, mode, netns } = options
    checkText(name, 'name', 'create', undefined)
    checkNumber(size, 'size', NUMBER_MAX)
    checkNumber(mode, 'mode', NUMBER_MAX)
    return withPages(netns, (pages) => { pages.create(name, size, mode) })
  })
}

/** Removes a page; `EBUSY`, and nothing changes, where it has subscribers. */
export function remove(name: string, options: NetnsOptions = {}): Promise<void> {
  return promise(() => {
    checkText(name, 'name', 'delete', undefined)
    return withPages(options.netns, (pages) => { pages.remove(name) })
  })
}

/** Nothing of a type that only a later module knows. */
function pageEvent(raw: RawPageEvent | false): PageEvent | undefined {
  if (raw === false) return { type: 'overrun' }
  const { name, version } = raw
  const type = PAGE_EVENTS[raw.type]
  if (type !== 'committed') return type && { type, name, version }
  return { type, name, version, passed_over: raw.passedOver }
}

/** The namespace's socket goes with what is heard by it. */
function openMonitor(netns: Netns | undefined): NativeFeed<RawPageEvent | false> {
  const pages = new native.Pages(netnsArgument(netns))
  try {
    const monitor = new native.PageMonitor(pages)
    return {
      take: () => monitor.take(),
      watch: (readable) => { monitor.watch(readable) },
      close: () => {
        monitor.close()
        pages.close()
      },
    }
  } catch (error) {
    pages.close()
    throw error
  }
}

/**
 * What happens to the pages of the namespace, from now on: those that come and go, and the commits that ask to be told, of
 * each page at most ten in a second.
 */
export function monitor(options: MonitorOptions = {}): AsyncIterableIterator<PageEvent, undefined> {
  return new Feed(() => openMonitor(options.netns), pageEvent, { operation: 'event' }, options)
}
