// SPDX-License-Identifier: MIT

import type { Failure } from './native.ts'
import type { RunResult } from './runs.ts'
import type { LuaValue } from './values.ts'

/** What more there is to say of a failed run. */
export interface ErrorDetails {
  readonly page?: string | undefined
  readonly detail?: string
  readonly value?: LuaValue
  readonly result?: RunResult
  readonly cause?: unknown
}

const NO_MODULE = new Set(['EPROTONOSUPPORT', 'ENODEV'])

/** Every failure of an operation. Misuse of the functions' types is a TypeError or RangeError instead. */
export class LunatikError extends Error {
  override readonly name = 'LunatikError'
  /**
   * Name of the errno: `EBUSY`, `ENOENT`, …; protocol.md has the table. Besides: `ENOMODULE` the module is not loaded,
   * `EPROTO` it speaks an older protocol, `ETIMEDOUT` the caller's own time limit is over, `EINTR` aborted, by the
   * caller's signal (which is the cause then) or by somebody else, `EBADF` the session is closed.
   */
  readonly code: string
  readonly errno: number
  /**
   * What was being done: the protocol's name of it, `open`, or `netns` where the namespace is the matter; with a page
   * `subscribe`, `start`, or as its method is called.
   */
  readonly operation: string
  readonly state: string | undefined
  /** The name of the page that it is about, where it is about one. */
  declare readonly page?: string
  /** The protocol's name of the attribute that the kernel refuses. */
  declare readonly attribute?: string
  /** The text of the script's error, with its traceback. */
  declare readonly detail?: string
  /** The script's error value, where it is no text. */
  declare readonly value?: LuaValue
  /** What the failed run gave and used. */
  declare readonly result?: RunResult

  constructor(failure: Failure, state: string | undefined, { page, cause, detail, value, result }: ErrorDetails = {}) {
    super(failure.message, cause === undefined ? undefined : { cause })
    // The C libraries have no errno of their own for this one.
    this.code = NO_MODULE.has(failure.code) ? 'ENOMODULE' : failure.code
    this.errno = failure.errno
    this.operation = failure.operation
    this.state = state
    if (failure.attribute !== '') this.attribute = failure.attribute
    if (page !== undefined) this.page = page
    if (detail !== undefined) this.detail = detail
    if (value !== undefined) this.value = value
    if (result !== undefined) this.result = result
  }
}
