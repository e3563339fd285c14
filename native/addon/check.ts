// SPDX-License-Identifier: MIT
// What callers give, looked at before the addon sees it: the addon itself takes types for granted.

import { constants } from 'node:os'
import { types } from 'node:util'
import { LunatikError } from './error.ts'
import { PAGES_MAX } from './native.ts'

/** C's strings end at a NUL: it would silently be another name. */
export function checkText(text: string, attribute: string, operation: string, state: string | undefined): void {
  if (typeof text !== 'string') throw new TypeError(`${attribute} is no string`)
  if (!text.includes('\0')) return
  const failure = { code: 'EINVAL', errno: constants.errno.EINVAL, operation, attribute }
  throw new LunatikError({ ...failure, message: `${attribute} has a NUL character in it` }, state)
}

export function checkArray(array: readonly unknown[], what: string): void {
  if (!Array.isArray(array)) throw new TypeError(`${what} is no array`)
}

/** Of what is done with several pages at once. */
export function checkMany(many: readonly unknown[], what: string): void {
  checkArray(many, what)
  if (many.length < 1 || many.length > PAGES_MAX) throw new RangeError(`${what} are 1 to ${PAGES_MAX}, and not ${many.length}`)
}

export function checkBytes(bytes: Uint8Array | undefined, what: string): void {
  if (bytes !== undefined && !types.isUint8Array(bytes)) throw new TypeError(`${what} is no Uint8Array`)
}

/** Of what may be either; text costs nothing more. */
export function checkBody(body: string | Uint8Array, what: string): void {
  if (typeof body !== 'string' && !types.isUint8Array(body))
    throw new TypeError(`${what} is neither a string nor a Uint8Array`)
}

export function checkBoolean(flag: boolean, what: string): void {
  if (typeof flag !== 'boolean') throw new TypeError(`${what} is no boolean`)
}

export function checkFunction(callback: unknown, what: string): void {
  if (callback !== undefined && typeof callback !== 'function') throw new TypeError(`${what} is no function`)
}

export function checkSignal(signal: AbortSignal | undefined): void {
  if (signal !== undefined && !(signal instanceof AbortSignal)) throw new TypeError('signal is no AbortSignal')
}

/** A whole one, from 0 on; there may be none. */
export function checkNumber(number: number | undefined, what: string, most: number): void {
  if (number !== undefined && !(Number.isSafeInteger(number) && number >= 0 && number <= most))
    throw new RangeError(`${what} is no number of 0 to ${most}: ${String(number)}`)
}

export function checkMaxalloc(maxalloc: number): void {
  if (!(Number.isSafeInteger(maxalloc) && maxalloc >= 0))
    throw new RangeError(`maxalloc is no number of bytes: ${String(maxalloc)}`)
}
