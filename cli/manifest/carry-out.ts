// SPDX-License-Identifier: MIT
// Plans, carried out. Each change says which generation of its state it replaces, so that whoever else changes it
// meanwhile is not run over: the change is refused, and all is put back. New states are closed then, and limits set to
// what they were; what a script did to a state that lived before stays, and what was closed is gone: that is told.

import { LunatikError, type Session, type StateInfo } from '../client.ts'
import { CommandError } from '../errors.ts'
import { EXIT } from '../exit.ts'
import type { Options } from '../options.ts'
import { limits } from '../running.ts'
import { markOf, stepOf } from './mark.ts'
import type { Target } from './open.ts'
import type { Change, Close, Limit, New, Run } from './plan.ts'

/** What a change is told of when it was made: the script's output, with a run. */
export type Made = (target: Target, change: Change, output: Uint8Array | undefined) => void

/** That everything was put back which could be, and what could not. */
export class Undone extends Error {
  override readonly name = 'Undone'

  constructor(
    /** why */
    readonly reason: unknown,
    readonly putBack: readonly string[],
    readonly remains: readonly CommandError[],
  ) {
    super('undone', { cause: reason })
  }
}

/**
 * Makes all changes, or none.
 * @throws {Undone}
 */
export async function carryOut(targets: readonly Target[], options: Options, signal: AbortSignal, made: Made): Promise<void> {
  const workers = targets.map((target) => new Worker(target, options, signal))
  const history: Undo[] = []
  try {
    const phases = Math.max(0, ...targets.map(({ plan }) => plan.phases.length))
    for (let phase = 0; phase < phases; phase++) {
      for (const worker of workers) {
        for (const change of worker.target.plan.phases[phase] ?? []) {
          signal.throwIfAborted()
          made(worker.target, change, await worker.make(change, history))
        }
      }
    }
  } catch (reason) {
    throw await undone(reason, history)
  }
}

/** A change that was made: how it is put back, or why it cannot be. */
interface Undo {
  readonly state: string
  /** says what it is afterwards */
  readonly back?: () => Promise<string>
  readonly remains?: string
}

async function undone(reason: unknown, history: Undo[]): Promise<Undone> {
  const putBack: string[] = []
  const remains: CommandError[] = []
  const stays = (state: string, what: string): void => { remains.push(new CommandError(`cannot be put back: ${what}`, EXIT.failure, { subject: state })) }
  for (const { state, back, remains: what } of history.reverse()) {
    if (what !== undefined) stays(state, what)
    if (!back) continue
    try {
      putBack.push(`${state}: ${await back()}`)
    } catch (error) {
      if (!(error instanceof LunatikError)) throw error
      stays(state, error.message)
    }
  }
  return new Undone(reason, putBack, remains)
}

interface Known {
  /** the last that is known, by the listing or by our own change */
  generation: number
  /** undefined where nothing was applied there yet */
  chain: Uint8Array | undefined
}

/** For one namespace. */
class Worker {
  readonly #session: Session
  readonly #known: Map<string, Known>
  /** Made by this apply: their scripts' effects go with them. */
  readonly #ours = new Set<string>()

  constructor(
    readonly target: Target,
    private readonly options: Options,
    private readonly signal: AbortSignal,
  ) {
    this.#session = target.session
    this.#known = new Map(target.present.map((state) => [state.name, knownOf(state)]))
  }

  async make(change: Change, history: Undo[]): Promise<Uint8Array | undefined> {
    switch (change.action) {
      case 'new':
        return this.#new(change, history)
      case 'set':
        return this.#set(change, history)
      case 'run':
        return this.#run(change, history)
      case 'close':
        return this.#close(change, history)
    }
  }

  async #new({ state: name, maxalloc }: New, history: Undo[]): Promise<undefined> {
    this.#known.set(name, knownOf((await this.#session.newState(name, { maxalloc, handle: false })).attributes))
    this.#ours.add(name)
    const back = async (): Promise<string> => {
      await this.#session.closeState(name, { expectGeneration: this.#generation(name) })
      return 'closed'
    }
    history.push({ state: name, back })
  }

  async #set({ state: name, maxalloc, was }: Limit, history: Undo[]): Promise<undefined> {
    await this.#limit(name, maxalloc)
    const back = async (): Promise<string> => {
      await this.#limit(name, was)
      return `maxalloc ${was} again`
    }
    history.push({ state: name, back })
  }

  /** A mark goes with the generation that it is of. */
  async #limit(name: string, maxalloc: number): Promise<void> {
    const known = this.#of(name)
    const generation = known.generation + 1
    const marked = known.chain && { generation, step: stepOf({ chain: Buffer.from(known.chain), generation }) }
    const state = await this.#session.set(name, { maxalloc, expectGeneration: known.generation, ...marked })
    known.generation = state.generation
  }

  async #run({ state: name, script, chain }: Run, history: Undo[]): Promise<Uint8Array> {
    const known = this.#of(name)
    const before = known.generation
    const generation = before + 1
    const { timeout = this.options.timeout } = script
    try {
      const { output } = await this.#session.run(name, script.chunk.code, {
        ...limits({ ...this.options, ...(timeout !== undefined && { timeout }) }, this.target.info),
        chunkName: script.chunk.name,
        signal: this.signal,
        exact: true,
        expectGeneration: before,
        generation,
        step: stepOf({ chain, generation }),
      })
      known.generation = generation
      known.chain = chain
      if (!this.#ours.has(name)) history.push({ state: name, remains: `${script.name} has run there` })
      return output
    } catch (error) {
      // It moves on when the chunk begins.
      const began = (await this.#session.show(name).catch(() => undefined))?.generation === generation
      if (began) known.generation = generation
      if (began && !this.#ours.has(name)) history.push({ state: name, remains: `what ${script.name} did there before it failed` })
      throw error
    }
  }

  async #close({ state: name, reason }: Close, history: Undo[]): Promise<undefined> {
    await this.#session.closeState(name, { expectGeneration: this.#generation(name) })
    this.#known.delete(name)
    history.push({ state: name, remains: reason === 'prune' ? 'it was closed' : 'it was closed, to be made anew' })
  }

  #generation(name: string): number {
    return this.#of(name).generation
  }

  #of(name: string): Known {
    const known = this.#known.get(name)
    if (!known) throw new Error(`nothing is known of state ${name}`)
    return known
  }
}

function knownOf(state: StateInfo): Known {
  return { generation: state.generation, chain: markOf(state)?.chain }
}
