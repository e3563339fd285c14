// SPDX-License-Identifier: MIT

import { constants } from 'node:os'
import { LunatikError } from './error.ts'
import { INFO, loadNative, STATE, STATE_NUMBERS, type NativeSession } from './native.ts'
import { Run, Runs, type RunOptions, type RunResult } from './runs.ts'

export interface OpenOptions {
  /**
   * The network namespace to work in, without which it is the caller's: a path if it has a slash, else a name under
   * /run/netns or, where there is no such name, a process id. A number is a process id.
   */
  readonly netns?: string | number | undefined
}

export type Context = 'process' | 'softirq'

/** A state as listed. Bytes, and seconds. */
export interface StateInfo {
  readonly name: string
  readonly context: Context
  readonly users: number
  readonly pins: number
  /** The holder's process id; 0 where this pid namespace does not see it, null where nobody holds it. */
  readonly inuse: number | null
  readonly maxalloc: number
  readonly curralloc: number
  readonly peak: number
  /** The chunk that was loaded last. */
  readonly script: { readonly name: string; readonly size: number } | null
  readonly generation: number
  readonly age: number
  readonly runs: number
  readonly errors: number
  readonly aborts: number
  readonly runTime: number
  readonly queued: number
  readonly refused: number
}

/** The module, its limits, and what the namespace's states come to. Bytes, and seconds. */
export interface Info {
  readonly protocol: number
  readonly module: string
  readonly lua: string
  readonly kernel: string
  readonly branches: 'plain' | 'retpoline'
  readonly nameMax: number
  readonly chunkNameMax: number
  readonly codeMax: number
  readonly outputMax: number
  /** Of a run that names none; 0 is none. */
  readonly budget: number
  readonly maxalloc: number
  readonly maxallocMin: number
  readonly maxallocMax: number
  readonly states: number
  readonly statesMax: number
  readonly memory: number
  readonly memoryMax: number
}

export interface NewStateOptions {
  /** Most bytes that Lua may hold there; the module's own choice where absent. */
  readonly maxalloc?: number | undefined
  readonly context?: Context | undefined
}

const native = loadNative()
native.initialize((failure, state) => new LunatikError(failure, state))

const CONTEXTS: readonly Context[] = ['process', 'softirq']
const MICROSECONDS = 1e6

function stateInfo(numbers: Float64Array, from: number, name: string, script: string | undefined): StateInfo {
  const at = (index: number): number => numbers[from + index] ?? 0
  return {
    name,
    context: at(STATE.context) === 1 ? 'softirq' : 'process',
    users: at(STATE.users),
    pins: at(STATE.pins),
    inuse: at(STATE.held) ? at(STATE.holder) : null,
    maxalloc: at(STATE.maxalloc),
    curralloc: at(STATE.curralloc),
    peak: at(STATE.peak),
    script: script === undefined ? null : { name: script, size: at(STATE.scriptSize) },
    generation: at(STATE.generation),
    age: at(STATE.age) / MICROSECONDS,
    runs: at(STATE.runs),
    errors: at(STATE.errors),
    aborts: at(STATE.aborts),
    runTime: at(STATE.runTime) / MICROSECONDS,
    queued: at(STATE.queued),
    refused: at(STATE.refused),
  }
}

/** C's strings end at a NUL: it would silently be another name. */
function checkText(text: string, attribute: string, operation: string, state: string | undefined): void {
  if (typeof text !== 'string') throw new TypeError(`${attribute} is no string`)
  if (!text.includes('\0')) return
  const failure = { code: 'EINVAL', errno: constants.errno.EINVAL, operation, attribute }
  throw new LunatikError({ ...failure, message: `${attribute} has a NUL character in it` }, state)
}

/** What throws rejects. */
function promise<Result>(work: () => Result): Promise<Result> {
  return new Promise((resolve) => {
    resolve(work())
  })
}

/**
 * A connection to the states of one network namespace. Every failure is a rejection with a LunatikError.
 *
 * Operations on states are made before the method returns: the kernel answers inside of the system call, so there is
 * nothing to wait for. Chunks run in threads of their own, as many at once as there are states to run them in.
 */
export class Session {
  /** Inode number of the network namespace, by which the kernel tells one from another. */
  readonly netns: number
  readonly #native: NativeSession
  readonly #numbers = new Float64Array(STATE_NUMBERS)
  readonly #runs = new Runs()

  /** Use open(). */
  constructor(netns: string | undefined) {
    this.#native = new native.Session(netns, this.#numbers, this.#runs.notify)
    this.netns = this.#native.netns()
  }

  newState(name: string, { maxalloc, context = 'process' }: NewStateOptions = {}): Promise<StateInfo> {
    return promise(() => {
      checkText(name, 'name', 'newstate', undefined)
      if (maxalloc !== undefined && !(Number.isSafeInteger(maxalloc) && maxalloc >= 0))
        throw new RangeError(`maxalloc is no number of bytes: ${maxalloc}`)
      if (!CONTEXTS.includes(context)) throw new TypeError(`there is no context ${context}`)
      const script = this.#native.newState(name, maxalloc, CONTEXTS.indexOf(context))
      return stateInfo(this.#numbers, 0, name, script)
    })
  }

  closeState(name: string): Promise<void> {
    return promise(() => {
      checkText(name, 'name', 'close', undefined)
      this.#native.closeState(name)
    })
  }

  /** All states by name, or those whose names fit a shell glob; of one moment. */
  list(pattern?: string): Promise<StateInfo[]> {
    return promise(() => {
      if (pattern !== undefined) checkText(pattern, 'pattern', 'list', undefined)
      const [numbers, texts] = this.#native.list(pattern)
      const states: StateInfo[] = []
      for (let index = 0; 2 * index < texts.length; index++)
        states.push(stateInfo(numbers, index * STATE_NUMBERS, texts[2 * index] ?? '', texts[2 * index + 1]))
      return states
    })
  }

  show(name: string): Promise<StateInfo> {
    return promise(() => {
      checkText(name, 'name', 'list', undefined)
      const script = this.#native.show(name)
      return stateInfo(this.#numbers, 0, name, script)
    })
  }

  info(): Promise<Info> {
    return promise(() => {
      const [module, lua, kernel] = this.#native.info()
      const at = (index: number): number => this.#numbers[index] ?? 0
      return {
        protocol: at(INFO.protocol),
        module,
        lua,
        kernel,
        branches: at(INFO.branches) === 1 ? 'retpoline' : 'plain',
        nameMax: at(INFO.nameMax),
        chunkNameMax: at(INFO.chunkNameMax),
        codeMax: at(INFO.codeMax),
        outputMax: at(INFO.outputMax),
        budget: at(INFO.budget) / MICROSECONDS,
        maxalloc: at(INFO.maxalloc),
        maxallocMin: at(INFO.maxallocMin),
        maxallocMax: at(INFO.maxallocMax),
        states: at(INFO.states),
        statesMax: at(INFO.statesMax),
        memory: at(INFO.memory),
        memoryMax: at(INFO.memoryMax),
      }
    })
  }

  /**
   * Runs a chunk. A script that fails rejects with its text as `detail` and what it gave until then as `result`:
   * `ENOEXEC` it does not compile, `ECANCELED` it failed, `ETIME` its budget was over, `EINTR` it was aborted.
   */
  run(name: string, code: string | Uint8Array, options: RunOptions = {}): Promise<RunResult> {
    return new Promise((resolve, reject) => {
      checkText(name, 'name', 'dostring', undefined)
      if (options.chunkName !== undefined) checkText(options.chunkName, 'chunk-name', 'dostring', name)
      const run = new Run(this.#native, this.#numbers, name, options, resolve, reject)
      const id = run.start(code)
      if (id !== undefined) this.#runs.add(id, run)
    })
  }

  /** Ends what runs in a state, whoever started it; `ENOENT` where nothing runs. */
  abort(name: string): Promise<void> {
    return promise(() => {
      checkText(name, 'name', 'abort', undefined)
      this.#native.abort(name)
    })
  }

  /** Aborts what runs in this session, which rejects when it has ended, and closes it. */
  close(): void {
    this.#native.close()
  }

  /** The same, and waits for what runs to end. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
    await this.#runs.ended()
  }
}

/** Opens a session. `ENOMODULE` where the module is not loaded. */
export function open({ netns }: OpenOptions = {}): Promise<Session> {
  return promise(() => {
    const where = typeof netns === 'number' ? `/proc/${netns}/ns/net` : netns
    if (where !== undefined) checkText(where, 'netns', 'netns', undefined)
    return new Session(where)
  })
}
