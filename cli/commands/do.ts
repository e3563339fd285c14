// SPDX-License-Identifier: MIT

import { chunkOfCode, chunkOfFile, type Chunk } from '../chunks.ts'
import type { Info, RunOptions, RunResult, Session } from '../client.ts'
import type { Context } from '../context.ts'
import { usageError } from '../errors.ts'
import { EXIT, type ExitStatus } from '../exit.ts'
import { onInterruption } from '../interrupt.ts'
import type { Options } from '../options.ts'
import { bytesToJson, document, valueToJson } from '../output/json.ts'
import { LiveOutput } from '../output/live.ts'
import { formatValues } from '../output/lua.ts'
import { startSpinner } from '../output/spinner.ts'
import { formatDuration, formatSize } from '../sizes.ts'

// Seconds that a chunk may take longer than its budget, all told: the kernel's own word, with a traceback, is to come
// first. Who named no limit is ready to wait for others' chunks too.
const GRACE = 1
const PATIENCE = 10

export async function command(
  [name = '', ...files]: readonly string[],
  options: Options,
  context: Context,
): Promise<ExitStatus> {
  const codes = options.eval ?? []
  if (files.length === 0 && codes.length === 0) throw usageError('do', 'name a file, - for standard input, or -e CODE')
  if (files.length > 0 && codes.length > 0) throw usageError('do', 'either files or -e CODE')
  return context.withSession(async (session) => {
    const info = await session.info()
    // All are read before the first one runs: half a job is worse than none.
    const chunks = codes.map(chunkOfCode)
    for (const file of files) chunks.push(await chunkOfFile(file, info))
    return new Run(session, name, limits(options, info), context).all(chunks)
  })
}

function limits({ timeout }: Options, info: Info): Pick<RunOptions, 'budget' | 'timeout'> {
  const budget = timeout ?? info.budget
  if (budget === 0) return { budget }
  return { budget, timeout: budget + (timeout === undefined ? PATIENCE : GRACE) }
}

/** Chunks in one state, one after the other, with their output on its way to where it goes. */
class Run {
  readonly #ending = new AbortController()
  readonly #live: LiveOutput

  constructor(
    private readonly session: Session,
    private readonly name: string,
    private readonly limits: Pick<RunOptions, 'budget' | 'timeout'>,
    private readonly context: Context,
  ) {
    // With nobody left to read, the script has nothing left to do.
    this.#live = new LiveOutput(context.stdout, () => { this.#ending.abort() })
  }

  async all(chunks: readonly Chunk[]): Promise<ExitStatus> {
    const interruption = onInterruption(() => { this.#ending.abort() })
    try {
      for (const chunk of chunks) await this.#one(chunk)
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

  async #one({ name, code }: Chunk): Promise<void> {
    const { session, context } = this
    const spinner = startSpinner(`${this.name}: running`, context)
    const onOutput = (bytes: Uint8Array): void => {
      spinner.stop()
      this.#live.write(bytes)
    }
    try {
      const result = await session.run(this.name, code, {
        ...this.limits,
        chunkName: name,
        exact: true,
        signal: this.#ending.signal,
        // Without it, the output comes with the result, whole.
        ...(!context.json && { onOutput }),
      })
      spinner.stop()
      this.#live.write(context.json ? this.#document(name, result) : formatValues(result.values, context.stdout.columns))
      this.#remark(result)
    } finally {
      spinner.stop()
    }
  }

  #document(chunk: string, { values, output, cut, time, curralloc, peak }: RunResult): Uint8Array {
    const text = document({
      netns: this.session.netns,
      state: this.name,
      // as the listing has it: without Lua's mark
      script: chunk.slice(1),
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
