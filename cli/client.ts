// SPDX-License-Identifier: MIT
// The client library, as the commands see it. The compiled part of it is loaded by those who talk to the kernel: help needs
// none.

import type { OpenOptions, Session } from '../native/addon/index.ts'

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

export async function open(options: OpenOptions): Promise<Session> {
  const library = await import('../native/addon/session.ts')
  return library.open(options)
}
