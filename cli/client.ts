// SPDX-License-Identifier: MIT
// The client library, as the commands see it.

export { LuaFloat, LunatikError, open } from '../native/addon/index.ts'
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
