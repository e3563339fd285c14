// SPDX-License-Identifier: MIT

import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Change } from './change.ts'
import { chunkName, readUpTo, withoutFirstComment } from './chunk-file.ts'
import { LunatikError } from './error.ts'
import type { FeedOptions } from './feed.ts'
import { CHUNK_NAME_MAX, CODE_MAX } from './native.ts'
import type { RunOptions, RunResult, SendOptions } from './runs.ts'
import type { Message, Session, SetOptions, StateInfo } from './session.ts'

/** An iterable that has nothing but its failure, which is none before somebody asks. */
async function* refused(refuse: () => Promise<never>): AsyncGenerator<Message, undefined> {
  yield await refuse()
}

/** How a handle is told to be gone by the kernel: the session is closed, the state is, or somebody took it by force. */
const GONE = new Set(['EBADF', 'ENOENT', 'EINVAL'])

/**
 * A state that a session has made or got, with its handle: until `put`, `close`, or the end of the session, nobody else
 * runs anything there or takes a reference.
 *
 *     await using state = await session.newState('web', { maxalloc: 256 * 1024 })
 *     const { values } = await state.doString('return 7 / 2')
 *
 * One that was made with `handle: false` holds nothing, and does its work as anybody may.
 *
 * Nothing is given back because an object was collected: the time of that is nobody's choice. Every method of one that
 * was given back, or closed, rejects with `EBADF`; of one that somebody else has closed, with `ENOENT`.
 */
export class State {
  /** Its name in the namespace. */
  readonly name: string
  readonly #session: Session
  #attributes: StateInfo
  /** Whether there is a handle to be given back. */
  #held: boolean
  /** Why there is nothing more to be done with it. */
  #over: string | undefined

  /** Use newState() or getState() of a session. */
  constructor(session: Session, attributes: StateInfo, held: boolean) {
    this.name = attributes.name
    this.#session = session
    this.#attributes = attributes
    this.#held = held
  }

  /** What the kernel said of it when it was last asked: when it was made, got, or set, or by `show`. */
  get attributes(): StateInfo {
    return this.#attributes
  }

  /** Whether this has the handle; as far as this side knows, since with force others may take it away. */
  get held(): boolean {
    return this.#held
  }

  /** Asks for the attributes as they are now. */
  show(): Promise<StateInfo> {
    return this.#told('list', (session) => session.show(this.name))
  }

  /** Runs a chunk; see `run` of a session, which has its failures too. */
  doString(code: string | Uint8Array, options?: RunOptions): Promise<RunResult> {
    return this.#over === undefined ? this.#session.run(this.name, code, options) : this.#refuse('dostring')
  }

  /**
   * Runs a file, whose path is the chunk's name unless there is another; a first line that starts with `#` is none of
   * Lua's. That it cannot be read rejects with the error of node:fs.
   */
  async doFile(path: string | URL, options: RunOptions = {}): Promise<RunResult> {
    if (this.#over !== undefined) return this.#refuse('dostring')
    const name = chunkName(typeof path === 'string' ? path : fileURLToPath(path), CHUNK_NAME_MAX)
    // One more than there may be, by which it is refused.
    const code = withoutFirstComment(await readUpTo(path, CODE_MAX + 1))
    return this.doString(code, { chunkName: name, ...options })
  }

  /** Gives it a message, for its function `receive_callback`, whose values are the result. */
  send(data: string | Uint8Array, options?: SendOptions): Promise<RunResult> {
    return this.#over === undefined ? this.#session.send(this.name, data, options) : this.#refuse('data')
  }

  /** What it sends, from now on and what still waits; see `receive` of a session. */
  receive(options?: FeedOptions): AsyncIterableIterator<Message, undefined> {
    if (this.#over !== undefined) return refused(() => this.#refuse('receive'))
    return this.#session.receive(this.name, options)
  }

  /** Changes its limit. */
  set(options: SetOptions): Promise<StateInfo> {
    return this.#told('set', (session) => session.set(this.name, options))
  }

  /** Gives the handle back. The state stays, with all that is in it. */
  async put(): Promise<StateInfo> {
    const told = await this.#told('putstate', (session) => session.putState(this.name))
    this.#end('the state has been given back')
    return told
  }

  /** Closes the state; `EBUSY`, and nothing changes, where a pin, another module or a chunk stands against it. */
  async close(change?: Pick<Change, 'expectGeneration'>): Promise<void> {
    if (this.#over !== undefined) await this.#refuse('close')
    await this.#session.closeState(this.name, change)
    this.#end('the state has been closed')
  }

  /** Gives back what it has, if it has it still. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#held) return
    try {
      await this.put()
    } catch (error) {
      if (!(error instanceof LunatikError && GONE.has(error.code))) throw error
      this.#end('the state has been given back')
    }
  }

  async #told(operation: string, ask: (session: Session) => Promise<StateInfo>): Promise<StateInfo> {
    if (this.#over !== undefined) return this.#refuse(operation)
    return (this.#attributes = await ask(this.#session))
  }

  #end(why: string): void {
    this.#held = false
    this.#over = why
  }

  #refuse(operation: string): Promise<never> {
    const message = this.#over ?? ''
    return Promise.reject(
      new LunatikError({ code: 'EBADF', errno: constants.errno.EBADF, operation, attribute: '', message }, this.name),
    )
  }
}
