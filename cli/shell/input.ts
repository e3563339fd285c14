// SPDX-License-Identifier: MIT
// Where the lines of the shell come from: an editor on a terminal, or whatever standard input is.

import { createInterface, type CompleterResult, type Interface } from 'node:readline'
import { linesOf } from '../input.ts'
import { HISTORY_MAX, type History } from './history.ts'

export interface Input {
  /** Undefined at the end; `'dropped'` after Ctrl-C. */
  next(prompt: string): Promise<string | undefined | typeof DROPPED>
  /** Has the terminal to itself: Ctrl-C and Ctrl-Z are signals, and what is typed waits. */
  away<Result>(work: () => Promise<Result>): Promise<Result>
  close(): void
}

export const DROPPED = Symbol('Ctrl-C')

export function linesInput(): Input {
  const lines = linesOf('-')
  return {
    async next() {
      const { value } = await lines.next()
      return value ?? undefined
    },
    away: (work) => work(),
    close: () => undefined,
  }
}

export type Complete = (line: string) => Promise<CompleterResult>

/** Lines edited on a terminal. */
export class EditedInput implements Input {
  readonly #editor: Interface
  /** pasted ones come at once */
  readonly #waiting: (string | typeof DROPPED)[] = []
  #closed = false
  #leaving = false
  #wake: () => void = () => undefined

  constructor(history: History, complete: Complete) {
    this.#editor = createInterface({
      input: process.stdin,
      output: process.stdout,
      terminal: true,
      // The latest first, other than in the file.
      history: history.load().reverse(),
      historySize: HISTORY_MAX,
      removeHistoryDuplicates: true,
      completer: (line: string, callback: (error: null, result: CompleterResult) => void) => {
        void complete(line).then((result) => { callback(null, result) })
      },
    })
    this.#editor.on('line', (line) => {
      history.add(line)
      this.#put(line)
    })
    this.#editor.on('SIGINT', () => { this.#drop() })
    // Stopped and continued, it has let go of its input.
    this.#editor.on('SIGCONT', () => { this.#editor.prompt(true) })
    this.#editor.on('close', () => {
      // After Ctrl-D the next prompt would stand behind ours.
      if (!this.#leaving) process.stdout.write('\n')
      this.#closed = true
      this.#wake()
    })
    // A terminal that is gone is the end of its input, too.
    process.stdin.on('error', () => { this.#editor.close() })
    process.stdout.on('error', () => { this.#editor.close() })
  }

  async next(prompt: string): Promise<string | undefined | typeof DROPPED> {
    if (this.#waiting.length === 0 && !this.#closed) {
      this.#editor.setPrompt(prompt)
      this.#editor.prompt()
      await new Promise<void>((resolve) => { this.#wake = resolve })
    }
    return this.#waiting.shift()
  }

  async away<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#editor.pause()
    process.stdin.setRawMode(false)
    try {
      return await work()
    } finally {
      if (!this.#closed) {
        process.stdin.setRawMode(true)
        this.#editor.resume()
      }
    }
  }

  close(): void {
    this.#leaving = true
    this.#editor.close()
  }

  #put(line: string | typeof DROPPED): void {
    this.#waiting.push(line)
    this.#wake()
  }

  /** What was typed stays to be seen, as in other shells. */
  #drop(): void {
    process.stdout.write('^C\n')
    this.#waiting.length = 0
    // There is no other way to empty the line: this is what its own Ctrl-U and Ctrl-K do.
    this.#editor.write(null, { ctrl: true, name: 'e' })
    this.#editor.write(null, { ctrl: true, name: 'u' })
    this.#put(DROPPED)
  }
}
