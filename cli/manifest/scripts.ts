// SPDX-License-Identifier: MIT
// The scripts of a file, read and compiled as the states that they are for would, before any state is touched.

import { createHash } from 'node:crypto'
import { dirname, resolve } from 'node:path'
import { MAXALLOC, MODULE_LIMITS, refusalOf } from '../checker.ts'
import { chunkName } from '../../native/addon/chunk-file.ts'
import { chunkOfFile, type Chunk } from '../chunks.ts'
import { CommandError } from '../errors.ts'
import type { Position, WantedNamespace, WantedScript, WantedState } from './manifest.ts'
import type { Digest } from './mark.ts'
import type { Problem } from './node.ts'

export interface LoadedScript extends Digest {
  /** undefined where the file has its digest alone */
  readonly chunk: Chunk | undefined
  readonly timeout: number | undefined
  readonly at: Position
}

export interface LoadedState extends Omit<WantedState, 'scripts'> {
  readonly scripts: readonly LoadedScript[]
}

export interface LoadedNamespace extends Omit<WantedNamespace, 'states'> {
  readonly states: readonly LoadedState[]
}

export interface Loaded {
  readonly namespaces: readonly LoadedNamespace[]
  readonly problems: readonly Problem[]
}

/** Paths are relative to the file, or to the current folder where it is standard input. */
export async function load(wanted: readonly WantedNamespace[], file: string): Promise<Loaded> {
  const loader = new Loader(file === '-' ? '.' : dirname(file))
  const namespaces: LoadedNamespace[] = []
  for (const namespace of wanted) {
    const states: LoadedState[] = []
    for (const state of namespace.states) states.push(await loader.state(state))
    namespaces.push({ ...namespace, states })
  }
  return { namespaces, problems: loader.problems }
}

class Loader {
  readonly problems: Problem[] = []
  /** Many states have the same scripts. */
  readonly #read = new Map<string, Promise<Chunk>>()
  readonly #compiled = new Map<string, string | undefined>()

  constructor(private readonly folder: string) {}

  async state(state: WantedState): Promise<LoadedState> {
    const scripts: LoadedScript[] = []
    for (const script of state.scripts) scripts.push(...(await this.#script(script, state.maxalloc ?? MAXALLOC)))
    return { ...state, scripts }
  }

  /** None where it cannot be run, which is noted. */
  async #script(wanted: WantedScript, maxalloc: number): Promise<LoadedScript[]> {
    const { name, source, timeout, at } = wanted
    if (source.kind === 'digest') return [{ name, size: wanted.size ?? 0, sha256: wanted.sha256 ?? '', chunk: undefined, timeout, at }]
    const chunk = await this.#chunk(wanted)
    if (!chunk) return []
    const size = chunk.code.length
    const sha256 = createHash('sha256').update(chunk.code).digest('hex')
    const problem = unlike(wanted, size, sha256) ?? this.#refusal(chunk, sha256, maxalloc)
    if (problem !== undefined) this.problems.push({ at, message: problem })
    return [{ name: chunk.name.slice(1), size, sha256, chunk, timeout, at }]
  }

  async #chunk({ name, source, at }: WantedScript): Promise<Chunk | undefined> {
    if (source.kind === 'code') return { name: `=${name}`, code: Buffer.from(source.code) }
    try {
      const path = resolve(this.folder, name)
      const reading = this.#read.get(path) ?? chunkOfFile(path, MODULE_LIMITS)
      this.#read.set(path, reading)
      // Called as it is in the file, so that it is the same from wherever the file is applied.
      return { name: chunkName(name, MODULE_LIMITS.chunkNameMax), code: (await reading).code }
    } catch (error) {
      if (!(error instanceof CommandError)) throw error
      this.problems.push({ at, message: `${name}: ${error.message}` })
      return undefined
    }
  }

  /** Why a state of that size would not compile it. */
  #refusal(chunk: Chunk, sha256: string, maxalloc: number): string | undefined {
    const key = JSON.stringify([chunk.name, sha256, maxalloc])
    if (!this.#compiled.has(key)) this.#compiled.set(key, refusalOf(chunk, maxalloc)?.message)
    return this.#compiled.get(key)
  }
}

/** The file may say what it expects. */
function unlike(wanted: WantedScript, size: number, sha256: string): string | undefined {
  if (wanted.size !== undefined && wanted.size !== size) return `${wanted.name} has ${size} bytes, and not ${wanted.size}`
  if (wanted.sha256 !== undefined && wanted.sha256 !== sha256) return `${wanted.name} has another SHA-256: ${sha256}`
  return undefined
}
