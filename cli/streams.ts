// SPDX-License-Identifier: MIT
// Standard output and standard error: terminal or not, how wide, in colour or not. Asked once, where first needed:
// asking costs a command that prints JSON more than the listing itself.

import { fstatSync, writeSync } from 'node:fs'
import { wantsColor, type ColorChoice } from './color.ts'

const COLUMNS_ELSEWHERE = 80
const ROWS_ELSEWHERE = 24
const RETRY_MS = 5

/** Standard output did not take what was written. */
export class OutputError extends Error {
  override readonly name = 'OutputError'

  constructor(
    readonly code: string,
    cause: Error,
  ) {
    super(cause.message, { cause })
  }
}

export class Stream {
  #isTerminal: boolean | undefined

  constructor(
    readonly fd: 1 | 2,
    private readonly choice: ColorChoice,
  ) {}

  get isTerminal(): boolean {
    this.#isTerminal ??= mayBeTerminal(this.fd) && this.#node.isTTY
    return this.#isTerminal
  }

  get columns(): number {
    // A terminal that was never told its size says 0.
    return (this.isTerminal && this.#node.columns) || COLUMNS_ELSEWHERE
  }

  get rows(): number {
    return (this.isTerminal && this.#node.rows) || ROWS_ELSEWHERE
  }

  /** It can be drawn on, and not only written to. */
  get movesCursor(): boolean {
    return this.isTerminal && process.env['TERM'] !== 'dumb'
  }

  get color(): boolean {
    return wantsColor(this.choice, () => this.isTerminal, process.env)
  }

  /**
   * Writes all of it before returning, so that a full disk is seen and nothing is lost at exit.
   * @throws {OutputError}
   */
  write(data: string | Uint8Array): void {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data
    let written = 0
    while (written < bytes.length) written += writeSome(this.fd, bytes.subarray(written))
  }

  /** Like write, but where nobody can read it, nobody is told. */
  tell(text: string): void {
    try {
      this.write(text)
    } catch (error) {
      if (!(error instanceof OutputError)) throw error
    }
  }

  get #node(): NodeJS.WriteStream {
    return this.fd === 1 ? process.stdout : process.stderr
  }
}

/** Devices of memory, /dev/null among them. */
const MEMORY_MAJOR = 1

/** Having Node look costs a tenth of a start. */
function mayBeTerminal(fd: number): boolean {
  const stat = fstatSync(fd)
  return stat.isCharacterDevice() && stat.rdev >> 8 !== MEMORY_MAJOR
}

function writeSome(fd: number, bytes: Uint8Array): number {
  try {
    return writeSync(fd, bytes)
  } catch (error) {
    if (!isSystemError(error)) throw error
    if (error.code !== 'EAGAIN') throw new OutputError(error.code, error)
    // Somebody who shares the pipe or terminal made it non-blocking.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS)
    return 0
  }
}

export function isSystemError(error: unknown): error is NodeJS.ErrnoException & { code: string } {
  return error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string'
}
