// SPDX-License-Identifier: MIT
// The client library, as the commands see it.

export { LuaFloat, LunatikError, open } from '../native/addon/index.ts'
export type {
  Info,
  LuaValue,
  RunOptions,
  RunResult,
  Session,
  StateInfo,
} from '../native/addon/index.ts'
