// SPDX-License-Identifier: MIT
// Chunks that run, and messages that a state takes: what they were asked for with, what ends them early, and what
// becomes of their end.

import { constants } from 'node:os'
import { startTimer } from './alarm.ts'
import { changeArguments, type Change } from './change.ts'
import { checkFunction, checkSignal } from './check.ts'
import { LunatikError } from './error.ts'
import { ENDING, type Ending, type Failure, type NativeSession, type Started } from './native.ts'
import type { Record } from './record.ts'
import { onAbort } from './signal.ts'
import { decode, DecodeError, encoded, type LuaValue } from './values.ts'

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
  /** What it returned. */
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

/** What most have; of the same object, nothing is looked at. */
export const NO_OPTIONS: RunOptions = {}
const NO_BYTES = new Uint8Array()

/** Seconds to whole microseconds, of which 0 has a meaning of its own. */
function microseconds(seconds: number | undefined, what: string): number | undefined {
  if (seconds === undefined) return undefined
  const micros = Math.round(seconds * MICROSECONDS)
  if (typeof seconds !== 'number' || !(seconds >= 0 && Number.isSafeInteger(micros)))
    throw new RangeError(`${what} is no time span: ${String(seconds)}`)
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

function ask(native: NativeSession, { operation, state, body }: Work, options: RunOptions): Started {
  if (options === NO_OPTIONS) return operation === 'data' ? native.send(state, body) : native.run(state, body)
  const { chunkName, budget, wait, onOutput } = options
  const limits = [
    onOutput !== undefined,
    microseconds(budget, 'budget'),
    microseconds(wait, 'wait'),
    ...changeArguments(options),
  ] as const
  if (operation === 'data') return native.send(state, body, ...limits)
  return native.run(state, body, ...limits, chunkName)
}

/**
 * Has it done, and settles when it has ended. Most has ended when the addon returns, and costs no more than a promise.
 */
export function start(
  native: NativeSession,
  record: Record,
  runs: Runs,
  work: Work,
  options: RunOptions,
): Promise<RunResult> {
  try {
    checkSignal(options.signal)
    checkFunction(options.onOutput, 'onOutput')
    const patience = microseconds(options.timeout, 'timeout')
    if (options.signal?.aborted) {
      const failure = failureOf(work, 'EINTR', 'stopped by the caller before it started')
      throw new LunatikError(failure, work.state, { cause: options.signal.reason })
    }
    const started = ask(native, work, options)
    if (typeof started === 'number')
      return new Promise((resolve, reject) => {
        runs.add(started, new Run(native, started, record, work, options, patience, resolve, reject))
      })
    return Promise.resolve(resultOf(started, record, work, options))
  } catch (error) {
    // What onOutput throws is whatever it likes.
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    return Promise.reject(error)
  }
}

/** One that goes on, from its start to the settling of its promise. */
export class Run {
  readonly #native: NativeSession
  readonly #record: Record
  readonly #work: Work
  readonly #options: RunOptions
  readonly #resolve: (result: RunResult) => void
  readonly #reject: (error: unknown) => void
  /** 0 when there is nothing to cancel any more: numbers are used again. */
  #id: number
  #reason: Reason | undefined
  readonly #ignoreSignal: () => void
  readonly #stopTimer: (() => void) | undefined

  constructor(
    native: NativeSession,
    id: number,
    record: Record,
    work: Work,
    options: RunOptions,
    patience: number | undefined,
    resolve: (result: RunResult) => void,
    reject: (error: unknown) => void,
  ) {
    this.#native = native
    this.#id = id
    this.#record = record
    this.#work = work
    this.#options = options
    this.#resolve = resolve
    this.#reject = reject
    this.#ignoreSignal = onAbort(options.signal, () => { this.#cancel({ kind: 'signal' }) })
    if (patience) this.#stopTimer = startTimer(patience / 1000, () => { this.#cancel({ kind: 'timeout' }) })
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
    this.#id = 0
    this.#ignoreSignal()
    this.#stopTimer?.()
    try {
      if (this.#reason?.kind === 'thrown') throw this.#reason.thrown
      this.#resolve(resultOf(ending, this.#record, this.#work, this.#options, this.#reason))
    } catch (error) {
      this.#reject(error)
    }
  }

  #cancel(reason: Reason): void {
    this.#reason ??= reason
    if (this.#id !== 0) this.#native.cancel(this.#id)
  }
}

/** What the caller gets; how it failed is thrown, and so is what `onOutput` throws. */
function resultOf(
  ending: Ending | undefined,
  record: Record,
  work: Work,
  options: RunOptions,
  reason?: Reason,
): RunResult {
  // Of the record all is read before anybody is called who may start another run.
  const complete = record.number(ENDING.complete) !== 0
  const cut = record.number(ENDING.cut) !== 0
  const { onOutput } = options
  const result: RunResult = {
    values: valuesOf(ending, record, cut, work, options),
    output: (onOutput ? undefined : ending?.output) ?? NO_BYTES,
    cut,
    time: record.number(ENDING.time) / MICROSECONDS,
    curralloc: record.number(ENDING.curralloc),
    peak: record.number(ENDING.peak),
  }
  if (!ending) return result
  if (onOutput && ending.output) onOutput(ending.output)
  if (ending.failure) throw errorOf(ending, ending.failure, complete ? result : undefined, work, options, reason)
  return result
}

function valuesOf(ending: Ending | undefined, record: Record, cut: boolean, work: Work, options: RunOptions): LuaValue[] {
  const size = record.number(ENDING.values)
  if (size === 0 && !ending?.values) return []
  try {
    const sequence = ending?.values ? encoded(ending.values) : { bytes: record.room, view: record.view, size }
    return decode(sequence, cut || ending?.failure !== undefined, options)
  } catch (cause) {
    if (!(cause instanceof DecodeError)) throw cause
    const failure = failureOf(work, 'EBADMSG', 'the values that the kernel gave are not understood')
    throw new LunatikError(failure, work.state, { cause })
  }
}

/** An abort that this side asked for is told by its reason. */
function errorOf(
  { errorValue, message }: Ending,
  failure: Failure,
  result: RunResult | undefined,
  work: Work,
  options: RunOptions,
  reason: Reason | undefined,
): LunatikError {
  const [value] = errorValue ? decode(encoded(errorValue), true, options) : []
  const details = {
    ...(message !== undefined && { detail: new TextDecoder().decode(message) }),
    ...(value !== undefined && { value }),
    ...(result !== undefined && { result }),
  }
  if (failure.code !== 'EINTR' || !reason) return new LunatikError(failure, work.state, details)
  if (reason.kind === 'timeout')
    return new LunatikError(failureOf(work, 'ETIMEDOUT', "the caller's time limit is over"), work.state, details)
  return new LunatikError(failure, work.state, { ...details, cause: options.signal?.reason })
}

function failureOf({ operation }: Work, code: 'EBADMSG' | 'EINTR' | 'ETIMEDOUT', message: string): Failure {
  return { code, errno: constants.errno[code], operation, attribute: '', message }
}

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
