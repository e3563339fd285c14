// SPDX-License-Identifier: MIT
// Lua at work in a state for a command: its output goes where it belongs as it comes, and Ctrl-C ends it.

import type { Info, RunOptions, RunResult, Session } from './client.ts'
import type { Context } from './context.ts'
import { EXIT, type ExitStatus } from './exit.ts'
import { onInterruption } from './interrupt.ts'
import type { Options } from './options.ts'
import { bytesToJson, document, valueToJson, type Json } from './output/json.ts'
import { LiveOutput } from './output/live.ts'
import { startSpinner } from './output/spinner.ts'
import { formatDuration, formatSize } from './sizes.ts'

// Seconds that the kernel may be late, all told: its own word, with a traceback, is to come first.
const GRACE = 1

/** Seconds. */
export type Limits = Pick<RunOptions, 'budget' | 'wait' | 'timeout'>

/** What was asked for, and this side's own limit for it. */
export function limits({ timeout, wait }: Options, info: Pick<Info, 'budget'>): Limits {
  const budget = timeout ?? info.budget
  // Unless it is told otherwise, the kernel lets a run wait as long as it may take.
  const longest = budget === 0 ? 0 : (wait ?? budget) + budget + GRACE
  return { budget, ...(wait !== undefined && { wait }), timeout: longest }
}

/** One run: a chunk, or a message to the state. */
export interface Job {
  readonly start: (options: RunOptions) => Promise<RunResult>
  /** what its JSON document tells besides the result */
  readonly about: Readonly<Record<string, Json>>
  /** what follows its output */
  readonly print: (result: RunResult) => Uint8Array
}

/** Runs in one state, one after the other. */
export class Running {
  readonly #ending = new AbortController()
  readonly #live: LiveOutput

  constructor(
    private readonly session: Session,
    private readonly name: string,
    private readonly limits: Limits,
    private readonly context: Context,
  ) {
    // With nobody left to read, the script has nothing left to do.
    this.#live = new LiveOutput(context.stdout, () => { this.#ending.abort() })
  }

  /** Stops at the first failure, which it throws. */
  async all(jobs: readonly Job[]): Promise<ExitStatus> {
    const interruption = onInterruption(() => { this.#ending.abort() })
    try {
      for (const job of jobs) await this.#one(job)
      await this.#live.finish()
    } catch (error) {
      // An interruption explains every other failure.
      if (interruption.status === undefined) {
        await this.#live.finish()
        throw error
      }
    } finally {
      interruption.stopListening()
    }
    return interruption.status ?? EXIT.ok
  }

  async #one(job: Job): Promise<void> {
    const { context } = this
    const spinner = startSpinner(`${this.name}: running`, context)
    const onOutput = (bytes: Uint8Array): void => {
      spinner.stop()
      this.#live.write(bytes)
    }
    try {
      const result = await job.start({
        ...this.limits,
        exact: true,
        signal: this.#ending.signal,
        // Without it, the output comes with the result, whole.
        ...(!context.json && { onOutput }),
      })
      spinner.stop()
      this.#live.write(context.json ? this.#document(job, result) : job.print(result))
      this.#remark(result)
    } finally {
      spinner.stop()
    }
  }

  #document({ about }: Job, { values, output, cut, time, curralloc, peak }: RunResult): Uint8Array {
    const text = document({
      netns: this.session.netns,
      state: this.name,
      ...about,
      output: bytesToJson(output),
      values: values.map(valueToJson),
      cut,
      time,
      curralloc,
      peak,
    })
    return Buffer.from(text)
  }

  #remark({ cut, time, curralloc, peak }: RunResult): void {
    if (cut) this.context.warn(`${this.name}: output and values were more than the module passes on; the rest is lost`)
    const memory = `${formatSize(curralloc)} held, ${formatSize(peak)} at most`
    this.context.note(`${this.name}: ${formatDuration(time)} in Lua, ${memory}`)
  }
}
