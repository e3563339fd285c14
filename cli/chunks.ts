// SPDX-License-Identifier: MIT
// What `do` runs: files, standard input, or code from the command line.

import { chunkName, withoutFirstComment } from '../native/addon/chunk-file.ts'
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
