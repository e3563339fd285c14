// SPDX-License-Identifier: MIT
// The compiled addon, with the class of the errors that it throws: one of each thread.

import { LunatikError } from './error.ts'
import { loadNative } from './native.ts'

export const native = loadNative()
native.initialize((failure, state, page) => new LunatikError(failure, state, page === undefined || page === '' ? {} : { page }))
