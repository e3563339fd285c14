// SPDX-License-Identifier: MIT
// Chunks that run, and messages that a state takes: what they were asked for with, what ends them early, and what
// becomes of their end.

import { constants } from 'node:os'
import { changeArguments, type Change } from './change.ts'
import { LunatikError } from './error.ts'
import { ENDING, type Ending, type Failure, type NativeSession } from './native.ts'
import { DecodeError, decodeValues, decodeWholeValues, type LuaValue } from './values.ts'

export interface SendOptions extends Change {
  /** Seconds that the kernel gives it; 0 is no limit; the module's own choice where absent. */
  readonly budget?: number
  /**
   * Seconds that it waits for a state that is in use; 0 is `EBUSY` at once. Where absent it waits for other chunks as
   * long as its budget is, but not for a handle.
   */
  readonly wait?: number
  /** Seconds after which this side aborts it (`ETIMEDOUT`); 0 is no limit. */
  readonly timeout?: number
  /** Aborts it, in the kernel too (`EINTR`). One that ended before the abort got there ended well. */
  readonly signal?: AbortSignal
  /** Takes what it prints, as it comes; once may be before `run` returns. What it throws aborts the chunk. */
  readonly onOutput?: (bytes: Uint8Array) => void
  /** Floats among the values are LuaFloat. */
  readonly exact?: boolean
}

export interface RunOptions extends SendOptions {
  /** What error texts call the chunk, as Lua has it: `=name`, `@file`, or the text itself. */
  readonly chunkName?: string
}

export interface RunResult {
  readonly values: LuaValue[]
  /** What it printed; empty where `onOutput` took it. */
  readonly output: Uint8Array
  /** Output or values were more than the module's limit, and the rest was dropped. */
  readonly cut: boolean
  /** Seconds in Lua. */
  readonly time: number
  /** Bytes that the state holds now, and the most that it ever held. */
  readonly curralloc: number
  readonly peak: number
}

const MICROSECONDS = 1e6
/** setTimeout() takes no more milliseconds; it is 24 days. */
const TIMER_MAX = 0x7fffffff

/** Seconds to whole microseconds, of which 0 has a meaning of its own. */
function microseconds(seconds: number | undefined, what: string): number | undefined {
  if (seconds === undefined) return undefined
  const micros = Math.round(seconds * MICROSECONDS)
  if (!(seconds >= 0 && Number.isSafeInteger(micros))) throw new RangeError(`${what} is no time span: ${seconds}`)
  return seconds > 0 ? Math.max(micros, 1) : 0
}

/** Why this side ends a chunk. */
type Reason = { readonly kind: 'signal' | 'timeout' } | { readonly kind: 'thrown'; readonly thrown: unknown }

/** What a state is asked to do: run a chunk, or take a message. */
export interface Work {
  readonly operation: 'dostring' | 'data'
  readonly state: string
  readonly body: string | Uint8Array
}

/** One of them, from the call to the settling of its promise. */
export class Run {
  readonly #native: NativeSession
  /** The array that the addon writes; good only inside of a call that it makes or answers. */
  readonly #numbers: Float64Array
  readonly #work: Work
  readonly #options: RunOptions
  readonly #resolve: (result: RunResult) => void
  readonly #reject: (error: unknown) => void
  /** 0 while there is nothing to cancel: numbers are used again. */
  #id = 0
  #reason: Reason | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(
    native: NativeSession,
    numbers: Float64Array,
    work: Work,
    options: RunOptions,
    resolve: (result: RunResult) => void,
    reject: (error: unknown) => void,
  ) {
    this.#native = native
    this.#numbers = numbers
    this.#work = work
    this.#options = options
    this.#resolve = resolve
    this.#reject = reject
  }

  /** A number if it goes on; undefined if it is over. */
  start(): number | undefined {
    const { timeout, signal } = this.#options
    const patience = microseconds(timeout, 'timeout')
    if (signal?.aborted) {
      this.#reason = { kind: 'signal' }
      this.#reject(this.#error(this.#failure('EINTR', 'stopped by the caller before it started')))
      return undefined
    }
    const started = this.#ask()
    if (typeof started !== 'number') {
      this.end(started)
      return undefined
    }
    this.#id = started
    signal?.addEventListener('abort', this.#onAbort, { once: true })
    if (patience) this.#timer = setTimeout(this.#onTimeout, Math.min(patience / 1000, TIMER_MAX))
    return started
  }

  #ask(): number | Ending {
    const { operation, state, body } = this.#work
    const { chunkName, budget, wait, onOutput } = this.#options
    const rest = [
      onOutput !== undefined,
      microseconds(budget, 'budget'),
      microseconds(wait, 'wait'),
      ...changeArguments(this.#options),
    ] as const
    if (operation === 'data') return this.#native.send(state, body, ...rest)
    return this.#native.run(state, chunkName, body, ...rest)
  }

  output(bytes: Uint8Array): void {
    if (this.#reason?.kind === 'thrown') return
    try {
      this.#options.onOutput?.(bytes)
    } catch (thrown) {
      this.#cancel({ kind: 'thrown', thrown })
    }
  }

  end(ending: Ending): void {
    // Before anybody is called who may start another run: the numbers are this one's now only.
    const result = this.#takeNumbers()
    this.#id = 0
    this.#options.signal?.removeEventListener('abort', this.#onAbort)
    clearTimeout(this.#timer)
    try {
      this.#settle(ending, result)
    } catch (error) {
      this.#reject(error)
    }
  }

  readonly #onAbort = (): void => this.#cancel({ kind: 'signal' })
  readonly #onTimeout = (): void => this.#cancel({ kind: 'timeout' })

  #cancel(reason: Reason): void {
    this.#reason ??= reason
    if (this.#id !== 0) this.#native.cancel(this.#id)
  }

  #takeNumbers(): Numbers {
    const at = (index: number): number => this.#numbers[index] ?? 0
    return {
      complete: at(ENDING.complete) !== 0,
      cut: at(ENDING.cut) !== 0,
      time: at(ENDING.time) / MICROSECONDS,
      curralloc: at(ENDING.curralloc),
      peak: at(ENDING.peak),
    }
  }

  #settle(ending: Ending, numbers: Numbers): void {
    const { onOutput } = this.#options
    if (onOutput && ending.output) this.output(ending.output)
    if (this.#reason?.kind === 'thrown') throw this.#reason.thrown
    const { complete, cut, time, curralloc, peak } = numbers
    const result: RunResult = {
      values: this.#values(ending, cut),
      output: (onOutput ? undefined : ending.output) ?? new Uint8Array(),
      cut,
      time,
      curralloc,
      peak,
    }
    if (!ending.failure) this.#resolve(result)
    else throw this.#failed(ending, ending.failure, complete ? result : undefined)
  }

  #values({ values, failure }: Ending, cut: boolean): LuaValue[] {
    if (!values) return []
    try {
      return (cut || failure ? decodeWholeValues : decodeValues)(values, this.#options)
    } catch (cause) {
      if (!(cause instanceof DecodeError)) throw cause
      const failure = this.#failure('EBADMSG', 'the values that the kernel gave are not understood')
      throw new LunatikError(failure, this.#work.state, { cause })
    }
  }

  #failed(ending: Ending, failure: Failure, result: RunResult | undefined): LunatikError {
    const [value] = ending.errorValue ? decodeWholeValues(ending.errorValue, this.#options) : []
    const detail = ending.message && new TextDecoder().decode(ending.message)
    return this.#error(failure, {
      ...(detail !== undefined && { detail }),
      ...(value !== undefined && { value }),
      ...(result !== undefined && { result }),
    })
  }

  /** An abort that this side asked for is told by its reason. */
  #error(failure: Failure, details = {}): LunatikError {
    const { state } = this.#work
    if (failure.code !== 'EINTR' || !this.#reason) return new LunatikError(failure, state, details)
    if (this.#reason.kind === 'timeout')
      return new LunatikError(this.#failure('ETIMEDOUT', "the caller's time limit is over"), state, details)
    return new LunatikError(failure, state, { ...details, cause: this.#options.signal?.reason })
  }

  #failure(code: 'EBADMSG' | 'EINTR' | 'ETIMEDOUT', message: string): Failure {
    return { code, errno: constants.errno[code], operation: this.#work.operation, attribute: '', message }
  }
}

type Numbers = Omit<RunResult, 'values' | 'output'> & { readonly complete: boolean }

/**
 * The runs of a session that go on. The addon holds this and not the session, which can so be collected when nobody
 * else holds it.
 */
export class Runs {
  readonly #runs = new Map<number, Run>()
  readonly #waiting: (() => void)[] = []

  add(id: number, run: Run): void {
    this.#runs.set(id, run)
  }

  readonly notify = (id: number, output: Uint8Array | undefined, ending: Ending | undefined): void => {
    const run = this.#runs.get(id)
    if (!ending) {
      if (output) run?.output(output)
      return
    }
    this.#runs.delete(id)
    run?.end(output ? { ...ending, output } : ending)
    if (this.#runs.size === 0) for (const wake of this.#waiting.splice(0)) wake()
  }

  /** Settles when none goes on. */
  ended(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#runs.size === 0) resolve()
      else this.#waiting.push(resolve)
    })
  }
}
