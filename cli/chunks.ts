// SPDX-License-Identifier: MIT
// What `do` runs: files, standard input, or code from the command line.

import { readUpTo } from './input.ts'

export interface Chunk {
  /** as Lua marks it: `@` for a file, `=` for another name */
  readonly name: string
  readonly code: Uint8Array
}

export interface Limits {
  /** bytes in a chunk's name */
  readonly chunkNameMax: number
  /** bytes in a chunk */
  readonly codeMax: number
}

export function chunkOfCode(code: string): Chunk {
  return { name: '=(command line)', code: Buffer.from(code) }
}

/**
 * Reads a file, or standard input for `-`, and no more of it than the module would take and one byte, by which it
 * refuses the rest.
 * @throws {CommandError}
 */
export async function chunkOfFile(file: string, limits: Limits): Promise<Chunk> {
  const name = file === '-' ? '=stdin' : chunkName(file, limits.chunkNameMax)
  const bytes = await readUpTo(file, limits.codeMax + 1)
  return { name, code: withoutFirstComment(bytes) }
}

/** `@FILE`; of a path that is too long, the end, as Lua shortens names itself. */
export function chunkName(file: string, most: number): string {
  const bytes = Buffer.from(`@${file}`)
  if (bytes.length <= most) return `@${file}`
  const mark = '@...'
  // A character cut in half at the start is left out whole.
  const tail = bytes.subarray(bytes.length - (most - mark.length)).toString().replace(/^\ufffd+/, '')
  return mark + tail
}

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf]
const HASH = 0x23
const NEWLINE = 0x0a

/** What `lua FILE` skips too: a byte order mark, and a first line that starts with `#`. Lines keep their numbers. */
export function withoutFirstComment(bytes: Uint8Array): Uint8Array {
  const marked = BYTE_ORDER_MARK.every((byte, index) => bytes[index] === byte)
  const text = marked ? bytes.subarray(BYTE_ORDER_MARK.length) : bytes
  if (text[0] !== HASH) return text
  const end = text.indexOf(NEWLINE)
  return end < 0 ? text.subarray(text.length) : text.subarray(end)
}
