// SPDX-License-Identifier: MIT
// What was typed into shells before, in a file that all of them add to.

import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { systemText } from '../errors.ts'
import { isSystemError } from '../streams.ts'

/** Lines that are kept, and characters of one: more is no line that somebody typed. */
export const HISTORY_MAX = 1000
const LINE_MAX = 4096
/** The file is cut down when a shell finds so many lines in it. */
const FILE_MAX = 2 * HISTORY_MAX

export function historyFile(env: NodeJS.ProcessEnv): string {
  const state = env['XDG_STATE_HOME']
  // The specification has others ignored.
  const folder = state?.startsWith('/') ? state : join(homedir(), '.local/state')
  return join(folder, 'lunatikctl/history')
}

/** Of a file's text, what a shell begins with: the oldest first. */
export function keptLines(text: string): string[] {
  return text.split('\n').filter(isKept).slice(-HISTORY_MAX)
}

// What has control characters in it was not typed, and would not be shown as it is.
function isKept(line: string): boolean {
  // eslint-disable-next-line no-control-regex -- control characters are what this is about
  return line.trim() !== '' && line.length <= LINE_MAX && !/[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/.test(line)
}

export class History {
  #last = ''
  #broken = false

  /** `failed` is told once, of whatever keeps the file from being used. */
  constructor(
    readonly file: string,
    private readonly failed: (why: string) => void,
  ) {}

  /** The oldest first. */
  load(): string[] {
    const text = this.#trying(() => readFileSync(this.file, 'utf8'), 'ENOENT') ?? ''
    const lines = keptLines(text)
    this.#last = lines.at(-1) ?? ''
    if (text.split('\n').length > FILE_MAX) this.#trying(() => { this.#rewrite(lines) })
    return lines
  }

  add(line: string): void {
    if (line === this.#last || !isKept(line)) return
    this.#last = line
    this.#trying(() => {
      makeFolder(dirname(this.file))
      appendFileSync(this.file, `${line}\n`, { mode: 0o600 })
    })
  }

  /** Another shell that adds a line meanwhile loses that one line, and nobody the file. */
  #rewrite(lines: readonly string[]): void {
    const beside = `${this.file}.${process.pid}`
    writeFileSync(beside, lines.map((line) => `${line}\n`).join(''), { mode: 0o600 })
    renameSync(beside, this.file)
  }

  #trying<Result>(work: () => Result, harmless?: string): Result | undefined {
    if (this.#broken) return undefined
    try {
      return work()
    } catch (error) {
      if (!isSystemError(error)) throw error
      if (error.code === harmless) return undefined
      this.#broken = true
      this.failed(systemText(error))
      return undefined
    }
  }
}

/** With those above it. Node's own way never ends where a file system takes no folder, as /proc does not. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    if (!isSystemError(error) || !['EEXIST', 'ENOENT'].includes(error.code)) throw error
    if (error.code === 'EEXIST') return
    makeFolder(dirname(folder))
    mkdirSync(folder, { mode: 0o700 })
  }
}
