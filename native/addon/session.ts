// SPDX-License-Identifier: MIT

import { native } from './binding.ts'
import { changeArguments, type Change } from './change.ts'
import { checkBody, checkBoolean, checkMaxalloc, checkText } from './check.ts'
import { Feed, type FeedOptions } from './feed.ts'
import {
  EVENTS,
  INFO,
  RECORD_NUMBERS,
  REFERENCE,
  SHA256,
  STATE,
  STEP,
  type NativeSession,
  type RawEvent,
  type RawMessage,
} from './native.ts'
import { netnsArgument, type Netns } from './netns.ts'
import { promise } from './promise.ts'
import { Record } from './record.ts'
import { NO_OPTIONS, Runs, start, type RunOptions, type RunResult, type SendOptions, type Work } from './runs.ts'
import { State } from './state.ts'

export interface OpenOptions {
  /** The network namespace to work in, without which it is the caller's. */
  readonly netns?: Netns | undefined
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
  /** The chunk that was loaded last; its SHA-256 in hexadecimal. */
  readonly script: { readonly name: string; readonly size: number; readonly sha256: string } | null
  /** Counts the changes made from outside, from 1. */
  readonly generation: number
  /** The mark of the last change that left one. */
  readonly step: Uint8Array | null
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
  /** Of a message to a state or from one. */
  readonly dataMax: number
  readonly stepMax: number
  /** References of one state, of all kinds together. */
  readonly usersMax: number
  /** Of one socket at a time. */
  readonly uploadsMax: number
  /** Of messages of one state that wait for a reader. */
  readonly queueMax: number
  /** Sockets that have handles, uploads or subscriptions. */
  readonly sessions: number
  readonly sessionsMax: number
  /** How the module was built, in words. */
  readonly build: string
}

/** What a state sent. */
export interface Message {
  /** Counts what the state has sent, from 1. */
  readonly sequence: number
  readonly data: Uint8Array
  /** Messages between the one before and this one, which the queue had no room for. */
  readonly lost: number
}

/** What happened to a state; `overrun` in place of events that came faster than they were taken. */
export type LunatikEvent =
  | {
      readonly type: (typeof EVENTS)[number]
      readonly name: string
      readonly generation: number
      readonly maxalloc: number
      readonly curralloc: number
      /** Name of a failure's errno. */
      readonly status: string | null
    }
  | { readonly type: 'overrun' }

export interface NewStateOptions extends Omit<Change, 'expectGeneration'> {
  /** Most bytes that Lua may hold there; the module's own choice where absent. */
  readonly maxalloc?: number | undefined
  readonly context?: Context | undefined
  /** Whether to take its handle, too; else anybody may work on it at once. Yes, where absent. */
  readonly handle?: boolean | undefined
}

export interface SetOptions extends Change {
  /** Most bytes that Lua may hold there; with less than it holds, what allocates next fails. */
  readonly maxalloc: number
}

const CONTEXTS: readonly Context[] = ['process', 'softirq']
const MICROSECONDS = 1e6

/** A state out of an array of records. */
function stateInfo(records: Float64Array, from: number, name: string, script: string | undefined): StateInfo {
  const at = (index: number): number => records[from + index] ?? 0
  const bytes = (part: { readonly at: number }, size: number): Buffer =>
    Buffer.from(records.buffer, records.byteOffset + from * 8 + part.at, size)
  return {
    name,
    context: at(STATE.context) === 1 ? 'softirq' : 'process',
    users: at(STATE.users),
    pins: at(STATE.pins),
    inuse: at(STATE.held) ? at(STATE.holder) : null,
    maxalloc: at(STATE.maxalloc),
    curralloc: at(STATE.curralloc),
    peak: at(STATE.peak),
    script:
      script === undefined
        ? null
        : { name: script, size: at(STATE.scriptSize), sha256: bytes(SHA256, SHA256.size).toString('hex') },
    generation: at(STATE.generation),
    step: at(STATE.stepSize) ? Uint8Array.from(bytes(STEP, at(STATE.stepSize))) : null,
    age: at(STATE.age) / MICROSECONDS,
    runs: at(STATE.runs),
    errors: at(STATE.errors),
    aborts: at(STATE.aborts),
    runTime: at(STATE.runTime) / MICROSECONDS,
    queued: at(STATE.queued),
    refused: at(STATE.refused),
  }
}

/** Messages of one state with the gaps between them. */
function inSequence(): (raw: RawMessage) => Message {
  let expected: number | undefined
  return ({ sequence, data }) => {
    const lost = sequence - (expected ?? sequence)
    expected = sequence + 1
    return { sequence, data, lost }
  }
}

function lunatikEvent(raw: RawEvent | false): LunatikEvent | undefined {
  if (raw === false) return { type: 'overrun' }
  const type = EVENTS[raw.type]
  return type && { ...raw, type, status: raw.status === '' ? null : raw.status }
}

/**
 * A connection to the states of one network namespace. Every failure is a rejection with a LunatikError; arguments of a
 * wrong type are a TypeError, and numbers out of range a RangeError.
 *
 * `newState` and `getState` give a state together with its handle. What is done by name needs none, and is for who looks
 * after states that are everybody's: it fails while somebody else has the handle.
 *
 * Operations on states are made before the method returns: the kernel answers inside of the system call, so there is
 * nothing to wait for. Chunks run in threads of their own, as many at once as there are states to run them in.
 */
export class Session {
  /** Inode number of the network namespace, by which the kernel tells one from another. */
  readonly netns: number
  readonly #native: NativeSession
  readonly #record = new Record()
  readonly #runs = new Runs()

  /** Use open(). */
  constructor(netns: string | undefined) {
    this.#native = new native.Session(netns, this.#record.numbers, this.#runs.notify)
    this.netns = this.#native.netns()
  }

  /**
   * Makes a state, and takes its handle unless told otherwise. It outlives the session: only `close` ends it, and the
   * end of the namespace.
   */
  newState(name: string, options: NewStateOptions = {}): Promise<State> {
    return promise(() => {
      const { maxalloc, context = 'process', handle = true, ...change } = options
      checkText(name, 'name', 'newstate', undefined)
      if (maxalloc !== undefined) checkMaxalloc(maxalloc)
      if (!CONTEXTS.includes(context)) throw new TypeError(`there is no context ${context}`)
      checkBoolean(handle, 'handle')
      const number = CONTEXTS.indexOf(context)
      const script = this.#native.newState(name, maxalloc, number, handle, ...changeArguments(change))
      return new State(this, this.#listed(name, script), handle)
    })
  }

  /** Closes a state; `EBUSY`, and nothing changes, while something stands against it. Its own handle does not. */
  closeState(name: string, options: Pick<Change, 'expectGeneration'> = {}): Promise<void> {
    return promise(() => {
      const { expectGeneration } = options
      checkText(name, 'name', 'close', undefined)
      this.#native.closeState(name, ...changeArguments({ expectGeneration }))
    })
  }

  /**
   * Takes a state's handle: until this session gives it back, or ends, however it does, nobody else runs anything there
   * or takes a reference. `EBUSY` where somebody has it, or runs something there.
   */
  async getState(name: string): Promise<State> {
    return new State(this, await this.#get(name, REFERENCE.handle), true)
  }

  /** Gives a handle back, by name; with `force`, whoever holds it. */
  putState(name: string, options: { readonly force?: boolean | undefined } = {}): Promise<StateInfo> {
    return promise(() => {
      const { force = false } = options
      checkBoolean(force, 'force')
      return this.#put(name, REFERENCE.handle, force)
    })
  }

  /** Takes a reference that outlives this process; while there is one, the state cannot be closed. */
  pin(name: string): Promise<StateInfo> {
    return this.#get(name, REFERENCE.pin)
  }

  /** Gives one such back, whoever took it. */
  unpin(name: string): Promise<StateInfo> {
    return this.#put(name, REFERENCE.pin, false)
  }

  /** Changes the limit of a state. */
  set(name: string, options: SetOptions): Promise<StateInfo> {
    return promise(() => {
      const { maxalloc, ...change } = options
      checkText(name, 'name', 'set', undefined)
      checkMaxalloc(maxalloc)
      return this.#listed(name, this.#native.setState(name, maxalloc, ...changeArguments(change)))
    })
  }

  /** All states by name, or those whose names fit a shell glob; of one moment. */
  list(pattern?: string): Promise<StateInfo[]> {
    return promise(() => {
      if (pattern !== undefined) checkText(pattern, 'pattern', 'list', undefined)
      const [records, texts] = this.#native.list(pattern)
      const states: StateInfo[] = []
      for (let index = 0; 2 * index < texts.length; index++)
        states.push(stateInfo(records, index * RECORD_NUMBERS, texts[2 * index] ?? '', texts[2 * index + 1]))
      return states
    })
  }

  /** One state. */
  show(name: string): Promise<StateInfo> {
    return promise(() => {
      checkText(name, 'name', 'list', undefined)
      return this.#listed(name, this.#native.show(name))
    })
  }

  /** The module's versions and limits, and what the namespace's states come to; needs no privilege. */
  info(): Promise<Info> {
    return promise(() => {
      const [module, lua, kernel, build] = this.#native.info()
      const at = (index: number): number => this.#record.number(index)
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
        dataMax: at(INFO.dataMax),
        stepMax: at(INFO.stepMax),
        usersMax: at(INFO.usersMax),
        uploadsMax: at(INFO.uploadsMax),
        queueMax: at(INFO.queueMax),
        sessions: at(INFO.sessions),
        sessionsMax: at(INFO.sessionsMax),
        build,
      }
    })
  }

  /**
   * Runs a chunk. A script that fails rejects with its text as `detail` and what it gave until then as `result`:
   * `ENOEXEC` it does not compile, `ECANCELED` it failed, `ETIME` its budget was over, `EINTR` it was aborted.
   */
  run(name: string, code: string | Uint8Array, options: RunOptions = NO_OPTIONS): Promise<RunResult> {
    return this.#start({ operation: 'dostring', state: name, body: code }, options)
  }

  /** Gives a message to the state's function `receive_callback`, whose values are the result. As `run`. */
  send(name: string, data: string | Uint8Array, options: SendOptions = NO_OPTIONS): Promise<RunResult> {
    return this.#start({ operation: 'data', state: name, body: data }, options)
  }

  /**
   * What the state sends, from now on and what still waits. There is one reader at a time: a second one is `EBUSY`. It
   * ends when the state is closed, or the session.
   */
  receive(name: string, options: FeedOptions = {}): AsyncIterableIterator<Message, undefined> {
    const open = () => {
      checkText(name, 'name', 'receive', undefined)
      return new native.Receiver(this.#native, name)
    }
    return new Feed(open, inSequence(), { operation: 'receive', state: name }, options)
  }

  /** What happens to the states of the namespace, from now on; it ends with the session. */
  monitor(options: FeedOptions = {}): AsyncIterableIterator<LunatikEvent, undefined> {
    return new Feed(() => new native.Monitor(this.#native), lunatikEvent, { operation: 'event' }, options)
  }

  /** Ends what runs in a state, whoever started it; `ENOENT` where nothing runs. */
  abort(name: string): Promise<void> {
    return promise(() => {
      checkText(name, 'name', 'abort', undefined)
      this.#native.abort(name)
    })
  }

  #get(name: string, reference: number): Promise<StateInfo> {
    return promise(() => {
      checkText(name, 'name', 'getstate', undefined)
      return this.#listed(name, this.#native.getState(name, reference))
    })
  }

  #put(name: string, reference: number, force: boolean): Promise<StateInfo> {
    return promise(() => {
      checkText(name, 'name', 'putstate', undefined)
      return this.#listed(name, this.#native.putState(name, reference, force))
    })
  }

  #listed(name: string, script: string | undefined): StateInfo {
    return stateInfo(this.#record.numbers, 0, name, script)
  }

  #start(work: Work, options: RunOptions): Promise<RunResult> {
    try {
      checkText(work.state, 'name', work.operation, undefined)
      checkBody(work.body, work.operation === 'data' ? 'the message' : 'the code')
      if (options.chunkName !== undefined) checkText(options.chunkName, 'chunk-name', work.operation, work.state)
    } catch (error) {
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- it is one that checkText made
      return Promise.reject(error)
    }
    return start(this.#native, this.#record, this.#runs, work, options)
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
export function open(options: OpenOptions = {}): Promise<Session> {
  return promise(() => {
    return new Session(netnsArgument(options.netns))
  })
}
