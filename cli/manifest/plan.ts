// SPDX-License-Identifier: MIT
// What has to be changed so that a namespace is as a file says. A state's limit is compared with the listing's, its
// scripts with the mark that `apply` left (mark.ts), and where there is none with the last script that the kernel names.
// What others ran there since is not undone: nobody could, and most of it are questions.

import type { StateInfo } from '../client.ts'
import { chainOf, markOf, NO_SCRIPTS, type Chain, type Digest } from './mark.ts'
import type { Problem } from './node.ts'
import type { LoadedNamespace, LoadedScript, LoadedState } from './scripts.ts'

export type Change = New | Limit | Run | Close

interface OfState {
  readonly state: string
}

export interface New extends OfState {
  readonly action: 'new'
  /** undefined is the module's default */
  readonly maxalloc: number | undefined
}

export interface Limit extends OfState {
  readonly action: 'set'
  readonly was: number
  readonly maxalloc: number
}

export interface Run extends OfState {
  readonly action: 'run'
  readonly script: Runnable
  /** in a state in which scripts of the file have been run before, and one of them has changed since */
  readonly again: boolean
  /** of the scripts that have then been run */
  readonly chain: Chain
}

export interface Close extends OfState {
  readonly action: 'close'
  readonly reason: 'prune' | 'recreate'
}

export type Runnable = LoadedScript & { readonly chunk: NonNullable<LoadedScript['chunk']> }

export interface Plan {
  /** One after the other, in all namespaces: room for the states, which can be put back; their scripts; closing for good. */
  readonly phases: readonly (readonly Change[])[]
  readonly problems: readonly Problem[]
  /** states that others have changed since they were applied */
  readonly moved: readonly string[]
}

export function plan(wanted: LoadedNamespace, present: readonly StateInfo[], prune: boolean): Plan {
  const there = new Map(present.map((state) => [state.name, state]))
  const room: Change[] = []
  const runs: Change[] = []
  const problems: Problem[] = []
  for (const state of wanted.states) {
    const found = there.get(state.name)
    const work = scriptsToRun(state, found)
    const unknown = work.scripts.find(({ script }) => script.chunk === undefined)
    if (unknown) problems.push({ at: unknown.script.at, message: `${state.name} has not last run ${unknown.script.name}, of which the file has no text` })
    const recreated = found && work.again && state.update === 'recreate'
    if (recreated) runs.push(...anew(state, found))
    else room.push(...roomFor(state, found))
    for (const { script, chain } of work.scripts) if (isRunnable(script)) runs.push({ action: 'run', state: state.name, script, again: work.again && !recreated, chain })
  }
  const named = new Set(wanted.states.map(({ name }) => name))
  const surplus = prune ? present.filter(({ name }) => !named.has(name)) : []
  const closings = surplus.map(({ name }): Close => ({ action: 'close', state: name, reason: 'prune' }))
  const moved = wanted.states.filter(({ name }) => hasMoved(there.get(name))).map(({ name }) => name)
  return { phases: [room, runs, closings], problems, moved }
}

function roomFor({ name, maxalloc }: LoadedState, found: StateInfo | undefined): Change[] {
  if (!found) return [{ action: 'new', state: name, maxalloc }]
  if (maxalloc === undefined || maxalloc === found.maxalloc) return []
  return [{ action: 'set', state: name, was: found.maxalloc, maxalloc }]
}

function anew({ name, maxalloc }: LoadedState, found: StateInfo): Change[] {
  return [
    { action: 'close', state: name, reason: 'recreate' },
    { action: 'new', state: name, maxalloc: maxalloc ?? found.maxalloc },
  ]
}

interface Work {
  readonly scripts: readonly Linked[]
  readonly again: boolean
}

interface Linked {
  readonly script: LoadedScript
  readonly chain: Chain
}

/**
 * Those that have not been run; all of them, where one that was run has changed: what comes after it in the file may
 * build on it.
 */
function scriptsToRun({ scripts }: LoadedState, found: StateInfo | undefined): Work {
  const linked = links(scripts)
  if (!found || linked.length === 0) return { scripts: linked, again: false }
  const done = alreadyRun(linked, found)
  if (done > 0) return { scripts: linked.slice(done), again: false }
  return { scripts: linked, again: markOf(found) !== undefined || found.script !== null }
}

function links(scripts: readonly LoadedScript[]): Linked[] {
  let chain = NO_SCRIPTS
  return scripts.map((script) => {
    chain = chainOf(chain, script)
    return { script, chain }
  })
}

/** How many of them, from the first on, the state has run as they are. */
function alreadyRun(linked: readonly Linked[], found: StateInfo): number {
  const mark = markOf(found)
  const last = linked.at(-1)
  // Of what is known by its digest alone, the rest of a chain cannot be known.
  if (last && last.script.chunk === undefined && isScript(last.script, found.script)) return linked.length
  if (mark) return 1 + linked.findIndex(({ chain }) => chain.equals(mark.chain))
  return 1 + linked.findLastIndex(({ script }) => isScript(script, found.script))
}

function isScript(script: Digest, last: StateInfo['script']): boolean {
  return last !== null && script.name === last.name && script.size === last.size && script.sha256 === last.sha256
}

function isRunnable(script: LoadedScript): script is Runnable {
  return script.chunk !== undefined
}

function hasMoved(found: StateInfo | undefined): boolean {
  const mark = found && markOf(found)
  return mark !== undefined && mark.generation !== found?.generation
}
