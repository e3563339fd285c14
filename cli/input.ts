// SPDX-License-Identifier: MIT
// Files and standard input, whole or line by line.

import { createReadStream } from 'node:fs'
import { CommandError, fileError } from './errors.ts'
import { EXIT } from './exit.ts'

let reservedFor: string | undefined

/** From here on nothing but what took it reads standard input. */
export function reserveStandardInput(by: string): void {
  reservedFor = by
}

/**
 * Reads a file, or standard input for `-`, and no more of it than `size` bytes.
 * @throws {CommandError}
 */
export async function readUpTo(file: string, size: number): Promise<Uint8Array> {
  if (file === '-' && reservedFor !== undefined) throw new CommandError(`standard input is ${reservedFor}`, EXIT.usage, { subject: '-' })
  try {
    const stream = file === '-' ? process.stdin : createReadStream(file, { end: size - 1 })
    return await collect(stream as AsyncIterable<Uint8Array>, size)
  } catch (error) {
    throw fileError(nameOf(file), error)
  }
}

/** For messages. */
export function nameOf(file: string): string {
  return file === '-' ? 'standard input' : file
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

/** Characters of a line, and of a command in a batch: no chunk is as large, and what is no text shall not fill the memory. */
export const LINE_MAX = 4 << 20

/**
 * The lines of a file, or of standard input for `-`, as they come; the last one with or without an end.
 * @throws {CommandError}
 */
export async function* linesOf(file: string): AsyncGenerator<string, void> {
  const decoder = new TextDecoder()
  let rest = ''
  try {
    const stream = file === '-' ? process.stdin : createReadStream(file)
    for await (const part of stream as AsyncIterable<Uint8Array>) {
      const lines = (rest + decoder.decode(part, { stream: true })).split('\n')
      rest = lines.pop() ?? ''
      if (rest.length > LINE_MAX) throw new CommandError('a line is longer than four mebibytes', EXIT.failure, { subject: nameOf(file) })
      yield* lines
    }
  } catch (error) {
    if (error instanceof CommandError) throw error
    throw fileError(nameOf(file), error)
  }
  if (rest !== '') yield rest
}
