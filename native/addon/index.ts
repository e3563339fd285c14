// SPDX-License-Identifier: MIT
// Lua states in the kernel, from Node.

export { LunatikError } from './error.ts'
export type { RunOptions, RunResult } from './runs.ts'
export { open } from './session.ts'
export type { Context, Info, NewStateOptions, OpenOptions, Session, StateInfo } from './session.ts'
export { DecodeError, decodeValues, LuaFloat } from './values.ts'
export type { DecodeOptions, LuaValue } from './values.ts'
