// SPDX-License-Identifier: MIT
// The client library, as the commands see it. The compiled part of it is loaded by those who talk to the kernel: help needs
// none.

import type { OpenOptions, pages, Session } from '../native/addon/index.ts'

export { LunatikError } from '../native/addon/error.ts'
export { LuaFloat } from '../native/addon/values.ts'
export type {
  Info,
  LuaValue,
  LunatikEvent,
  Message,
  RunOptions,
  RunResult,
  Session,
  StateInfo,
} from '../native/addon/index.ts'
export type { Page, PageCopy, PageInfo, Transaction } from '../native/addon/pages.ts'

export async function open(options: OpenOptions): Promise<Session> {
  const library = await import('../native/addon/session.ts')
  return library.open(options)
}

/** Pages, whose part of the library needs no session. */
export async function pageLibrary(): Promise<typeof pages> {
  return import('../native/addon/pages.ts')
}
