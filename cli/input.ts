// SPDX-License-Identifier: MIT
// Files and standard input, whole.

import { createReadStream } from 'node:fs'
import { fileError } from './errors.ts'

/**
 * Reads a file, or standard input for `-`, and no more of it than `size` bytes.
 * @throws {CommandError}
 */
export async function readUpTo(file: string, size: number): Promise<Uint8Array> {
  try {
    const stream = file === '-' ? process.stdin : createReadStream(file, { end: size - 1 })
    return await collect(stream as AsyncIterable<Uint8Array>, size)
  } catch (error) {
    throw fileError(file === '-' ? 'standard input' : file, error)
  }
}

async function collect(stream: AsyncIterable<Uint8Array>, size: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let read = 0
  for await (const part of stream) {
    parts.push(part)
    read += part.length
    if (read >= size) break
  }
  return Buffer.concat(parts, Math.min(read, size))
}
