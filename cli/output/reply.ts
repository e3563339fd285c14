// SPDX-License-Identifier: MIT

import type { LuaValue } from '../client.ts'
import type { Stream } from '../streams.ts'
import { asSent } from './bytes.ts'
import { formatValues } from './lua.ts'

/** What a state answers to a message: a string alone byte for byte; other values are shown as `do` shows them. */
export function formatReply(values: readonly LuaValue[], stdout: Pick<Stream, 'isTerminal' | 'columns'>): Uint8Array {
  const [only] = values
  const isString = values.length === 1 && (typeof only === 'string' || only instanceof Uint8Array)
  return isString ? asSent(Buffer.from(only), stdout) : formatValues(values, stdout.columns)
}
