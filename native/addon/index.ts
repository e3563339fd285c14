// SPDX-License-Identifier: MIT
// Lua states and pages in the kernel, from Node.

export type { Change } from './change.ts'
export { LunatikError } from './error.ts'
export type { FeedOptions } from './feed.ts'
export type { Netns } from './netns.ts'
export * as pages from './pages.ts'
export type { RunOptions, RunResult, SendOptions } from './runs.ts'
export { open } from './session.ts'
export type {
  Context,
  Info,
  LunatikEvent,
  Message,
  NewStateOptions,
  OpenOptions,
  Session,
  SetOptions,
  StateInfo,
} from './session.ts'
export type { State } from './state.ts'
export { DecodeError, decodeValues, LuaFloat } from './values.ts'
export type { DecodeOptions, LuaValue } from './values.ts'
