// SPDX-License-Identifier: MIT
// Bytes that a state gives.

import type { Stream } from '../streams.ts'

const NEWLINE = 0x0a

/** Programs get them as they are, people not without an end of the line. */
export function asSent(bytes: Uint8Array, { isTerminal }: Pick<Stream, 'isTerminal'>): Uint8Array {
  return isTerminal && bytes.at(-1) !== NEWLINE ? Buffer.concat([bytes, Buffer.of(NEWLINE)]) : bytes
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
