// SPDX-License-Identifier: MIT
// What the compiled addon exports, and where it is.

import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { ChangeArguments } from './change.ts'

/** How a call to the C library failed. */
export interface Failure {
  readonly errno: number
  readonly code: string
  readonly operation: string
  /** empty where the kernel points at none */
  readonly attribute: string
  readonly message: string
}

/** How a chunk ended; what is empty is not there. Its numbers are in the session's record, and few values, too. */
export interface Ending {
  readonly output?: Uint8Array
  readonly values?: Uint8Array
  readonly message?: Uint8Array
  readonly errorValue?: Uint8Array
  readonly failure?: Failure
}

export type Notify = (id: number, output: Uint8Array | undefined, ending: Ending | undefined) => void

/** How it ended, undefined where that was well and all it gave is in the record; or, if it goes on, a number, which `notify` carries. */
export type Started = number | Ending | undefined

/**
 * The limits of a chunk, or of a message to a state, and what it changes; microseconds. With none of them Node need not
 * ask the addon for each.
 */
export type RunArguments =
  | []
  | [streaming: boolean, budget: number | undefined, wait: number | undefined, ...change: ChangeArguments]

/**
 * Every method throws what the function given to initialize() makes of a failure. Those that answer with a state return
 * the name of its script and leave the rest in the session's record.
 */
export interface NativeSession {
  netns(): number
  newState(
    name: string,
    maxalloc: number | undefined,
    context: number,
    handle: boolean,
    ...change: ChangeArguments
  ): string | undefined
  closeState(name: string, ...change: ChangeArguments): void
  getState(name: string, reference: number): string | undefined
  putState(name: string, reference: number, force: boolean): string | undefined
  setState(name: string, maxalloc: number, ...change: ChangeArguments): string | undefined
  show(name: string): string | undefined
  list(pattern: string | undefined): [records: Float64Array, texts: (string | undefined)[]]
  info(): [module: string, lua: string, kernel: string, build: string]
  run(name: string, code: string | Uint8Array, ...rest: [] | [...RunArguments, chunkName: string | undefined]): Started
  send(name: string, message: string | Uint8Array, ...rest: RunArguments): Started
  cancel(id: number): void
  abort(name: string): void
  close(): void
}

/** What keeps coming. It holds its session, and goes with it. */
export interface NativeFeed<Raw> {
  /** The next, undefined where none is there yet, null at the end. */
  take(): Raw | undefined | null
  /** Calls, once, when something may be there, or it was closed. Node lives on until then. */
  watch(readable: () => void): void
  close(): void
}

/** A message from a state. */
export interface RawMessage {
  readonly sequence: number
  readonly data: Uint8Array
}

/** Something that happened to a state. */
export interface RawEvent {
  readonly type: number
  readonly name: string
  readonly generation: number
  readonly maxalloc: number
  readonly curralloc: number
  /** name of the errno, empty for none */
  readonly status: string
}

/** What the numbers of events' types stand for. */
export const EVENTS = ['created', 'closed', 'set', 'error', 'limit', 'time-out', 'aborted'] as const

/** A page. What it has read it tells in the array that it was given. */
export interface NativePage {
  size(): number
  /** What is mapped, for reading only; the page takes it away when it is closed. */
  map(): ArrayBuffer
  read(into: Uint8Array): void
  resize(size: number): void
  delete(): void
  /** Both are done off the event loop. */
  persist(file: string): Promise<void>
  /** Of version 0 the newest. */
  sync(version: number): Promise<void>
  close(): void
}

/** A transaction to write, which may start again once it has ended. */
export interface NativeTransaction {
  /** A copy of what is there. */
  start(page: NativePage): Uint8Array
  /** That the copy is of. */
  version(): number
  /** Has the commit told. */
  announce(): void
  commit(bytes: Uint8Array): void
  /** Of one that has ended nothing. */
  abort(): void
}

/** The pages of a network namespace, by name. */
export interface NativePages {
  list(match: string | undefined): [records: Float64Array, names: string[]]
  info(name: string): Float64Array
  create(name: string, size: number | undefined, mode: number | undefined): void
  remove(name: string): void
  close(): void
}

/** Something that happened to a page. */
export interface RawPageEvent {
  readonly type: number
  readonly name: string
  readonly version: number
  readonly passedOver: number
}

/** What the numbers of those types stand for. */
export const PAGE_EVENTS = ['created', 'removed', 'committed'] as const

export interface Native {
  initialize(makeError: (failure: Failure, state: string | undefined, page: string | undefined) => Error): void
  readonly Session: new (netns: string | undefined, record: Float64Array, notify: Notify) => NativeSession
  readonly Receiver: new (session: NativeSession, name: string) => NativeFeed<RawMessage>
  /** `false` stands for events that were lost. */
  readonly Monitor: new (session: NativeSession) => NativeFeed<RawEvent | false>
  readonly Page: new (name: string, write: boolean, netns: string | undefined, numbers: Float64Array) => NativePage
  readonly Transaction: new () => NativeTransaction
  /** Versions; no more often than every so many nanoseconds. */
  readonly Changes: new (page: NativePage, nanoseconds: number) => NativeFeed<number>
  readonly Pages: new (netns: string | undefined) => NativePages
  /** `false` stands for events that were lost. */
  readonly PageMonitor: new (pages: NativePages) => NativeFeed<RawPageEvent | false>
  readMany(pages: readonly NativePage[], into: readonly Uint8Array[], numbers: Float64Array): void
  commitMany(transactions: readonly NativeTransaction[], bytes: readonly Uint8Array[]): void
}

/** Where a number is of a page that was read, in as many for each; the order of page.h. */
export const PAGE = { version: 0, size: 1 } as const
export const PAGE_NUMBERS = 2

/** Where a number is of a page that is listed, in as many for each; the order of pages.cc. */
export const PAGE_INFO = { size: 0, version: 1, subscribers: 2, uid: 3, gid: 4, mode: 5, pinned: 6, persistent: 7, memory: 8 } as const
export const PAGE_INFO_NUMBERS = 9

/** Most bytes of a page, and pages of one commit, as in linux/kstate.h. */
export const PAGE_SIZE_MAX = 4096
export const PAGES_MAX = 16

/** Most bytes of a chunk, and of its name, as in linux/lunatik.h. */
export const CODE_MAX = 1024 * 1024
export const CHUNK_NAME_MAX = 255

/** Of references to a state, as in lunatik.h. */
export const REFERENCE = { pin: 0, handle: 1 } as const

/** Where a number is, in the array that the addon writes; the order of convert.cc. */
export const STATE = {
  context: 0,
  users: 1,
  pins: 2,
  held: 3,
  holder: 4,
  maxalloc: 5,
  curralloc: 6,
  peak: 7,
  loaded: 8,
  scriptSize: 9,
  generation: 10,
  age: 11,
  runs: 12,
  errors: 13,
  aborts: 14,
  runTime: 15,
  queued: 16,
  refused: 17,
  stepSize: 18,
} as const

export const INFO = {
  protocol: 0,
  branches: 1,
  nameMax: 2,
  chunkNameMax: 3,
  codeMax: 4,
  outputMax: 5,
  budget: 6,
  maxalloc: 7,
  maxallocMin: 8,
  maxallocMax: 9,
  states: 10,
  statesMax: 11,
  memory: 12,
  memoryMax: 13,
  dataMax: 14,
  stepMax: 15,
  usersMax: 16,
  uploadsMax: 17,
  queueMax: 18,
  sessions: 19,
  sessionsMax: 20,
} as const

/** Of the values it is the size, where they are in the record's room. */
export const ENDING = { complete: 0, cut: 1, time: 2, curralloc: 3, peak: 4, values: 5 } as const

/** Behind a state's numbers are bytes, of its script's SHA-256 and of its step. */
export const SHA256 = { at: 19 * 8, size: 32 } as const
export const STEP = { at: SHA256.at + SHA256.size, size: 64 } as const

/** A state in the array, in numbers of 8 bytes. It is the most that there is of anything. */
export const RECORD_NUMBERS = (STEP.at + STEP.size) / 8

/** And behind that, room for values. */
export const ROOM = { at: RECORD_NUMBERS * 8, size: 4096 } as const

/** As seen from a bundle, in the layout of build/, where tests lie deeper, and of an installation. */
const PLACES = ['../addon', '../../addon', '../../../addon', '.']

export function addonPath(): string {
  const paths = PLACES.map((place) => join(__dirname, place, 'lunatik.node'))
  const path = paths.find((candidate) => existsSync(candidate))
  if (path === undefined) throw new Error(`the addon is not there: ${paths.join(', ')}`)
  return path
}

export function loadNative(): Native {
  // The type of what a compiled addon exports is what is written above; nobody else can say it.
  return createRequire(__filename)(addonPath()) as Native
}
