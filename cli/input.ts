// SPDX-License-Identifier: MIT
// Files and standard input, whole or line by line.

import { createReadStream, fstatSync } from 'node:fs'
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
  if (file === '-') reserveStandardInput('read once')
  try {
    return await collect(streamOf(file, size), size)
  } catch (error) {
    throw failed(file, error)
  }
}

/** No more than so many bytes of a file; of standard input they come as they come. */
function streamOf(file: string, size = Infinity): AsyncIterable<Uint8Array> {
  if (file === '-') return standardInput()
  // No call of the system takes it, and what Node throws is no error of the system.
  if (file.includes('\0')) throw new CommandError('a path has no NUL character', EXIT.usage, { subject: file })
  return createReadStream(file, { end: size - 1 }) as AsyncIterable<Uint8Array>
}

/** What Node does not know, such as a directory or a block device, it takes for empty. */
function standardInput(): AsyncIterable<Uint8Array> {
  const stat = fstatSync(0)
  const known = stat.isFIFO() || stat.isSocket() || stat.isCharacterDevice()
  return (known ? process.stdin : createReadStream('', { fd: 0, autoClose: false })) as AsyncIterable<Uint8Array>
}

function failed(file: string, error: unknown): CommandError {
  return error instanceof CommandError ? error : fileError(nameOf(file), error)
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

/** Bytes of a line, and of a command in a batch: no chunk is as large, and what is no text shall not fill the memory. */
export const LINE_MAX = 4 << 20

/**
 * The lines of a file, or of standard input for `-`, as they come; the last one with or without an end.
 * @throws {CommandError} also at a line that is no UTF-8: it would be another one with characters in place of its bytes
 */
export async function* linesOf(file: string): AsyncGenerator<string, void> {
  const decode = decoder(file)
  let rest = ''
  try {
    for await (const part of streamOf(file)) {
      const lines = (rest + Buffer.from(part).toString('latin1')).split('\n')
      rest = lines.pop() ?? ''
      if (rest.length > LINE_MAX) throw new CommandError('a line is longer than four mebibytes', EXIT.failure, { subject: nameOf(file) })
      for (const line of lines) yield decode(line)
    }
  } catch (error) {
    throw failed(file, error)
  }
  if (rest !== '') yield decode(rest)
}

/** Of lines whose characters are bytes, one after another. */
function decoder(file: string): (line: string) => string {
  const utf8 = new TextDecoder('utf-8', { fatal: true })
  let number = 0
  return (line) => {
    number++
    try {
      // As of one text, which may begin with a mark of its order of bytes; a sequence that the end of a line cuts is none.
      return utf8.decode(Buffer.from(`${line}\n`, 'latin1'), { stream: true }).slice(0, -1)
    } catch {
      throw new CommandError('is no UTF-8', EXIT.failure, { subject: `${nameOf(file)}:${number}` })
    }
  }
}
