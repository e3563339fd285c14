// SPDX-License-Identifier: MIT
// The other side of stopwatch.c: a process that does things when told to, and says how long it took.

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const NANOSECONDS_PER_MICROSECOND = 1e3

export class Stopwatch {
  readonly #child: ChildProcess
  readonly #answers: AsyncIterator<string>

  /** @param program beside this one */
  constructor(program: string, ...args: string[]) {
    const child = spawn(join(__dirname, program), args, { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#child = child
    this.#answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  }

  /** Microseconds that each takes when an operation is done so often. */
  async time(operation: string, count: number): Promise<number> {
    this.#child.stdin?.write(`${operation} ${count}\n`)
    const answer = await this.#answers.next()
    if (answer.done) throw new Error(`${this.#child.spawnargs.join(' ')}: no answer about ${operation}`)
    return Number(answer.value) / NANOSECONDS_PER_MICROSECOND / count
  }

  async close(): Promise<void> {
    const exit = once(this.#child, 'exit')
    this.#child.stdin?.end()
    await exit
  }
}
