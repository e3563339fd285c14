// SPDX-License-Identifier: MIT
// What the compiled addon exports, and where it is.

import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

/** How a call to the C library failed. */
export interface Failure {
  readonly errno: number
  readonly code: string
  readonly operation: string
  /** empty where the kernel points at none */
  readonly attribute: string
  readonly message: string
}

/** How a chunk ended; what is empty is not there. Its numbers are in the session's array. */
export interface Ending {
  readonly output?: Uint8Array
  readonly values?: Uint8Array
  readonly message?: Uint8Array
  readonly errorValue?: Uint8Array
  readonly failure?: Failure
}

export type Notify = (id: number, output: Uint8Array | undefined, ending: Ending | undefined) => void

/** Every method throws what the function given to initialize() makes of a failure. */
export interface NativeSession {
  netns(): number
  newState(name: string, maxalloc: number | undefined, context: number): string | undefined
  closeState(name: string): void
  show(name: string): string | undefined
  list(pattern: string | undefined): [numbers: Float64Array, texts: (string | undefined)[]]
  info(): [module: string, lua: string, kernel: string]
  /** How the chunk ended; or, if it goes on, a number, which the calls of `notify` about it carry. */
  run(
    name: string,
    chunkName: string | undefined,
    code: string | Uint8Array,
    budget: number | undefined,
    streaming: boolean,
  ): number | Ending
  cancel(id: number): void
  abort(name: string): void
  close(): void
}

interface Native {
  initialize(makeError: (failure: Failure, state: string | undefined) => Error): void
  readonly Session: new (netns: string | undefined, numbers: Float64Array, notify: Notify) => NativeSession
}

/** Where a number is, in the array that the addon writes; the order of convert.cc. */
export const STATE = {
  context: 0,
  users: 1,
  pins: 2,
  held: 3,
  holder: 4,
  maxalloc: 5,
  curralloc: 6,
  peak: 7,
  loaded: 8,
  scriptSize: 9,
  generation: 10,
  age: 11,
  runs: 12,
  errors: 13,
  aborts: 14,
  runTime: 15,
  queued: 16,
  refused: 17,
} as const

export const INFO = {
  protocol: 0,
  branches: 1,
  nameMax: 2,
  chunkNameMax: 3,
  codeMax: 4,
  outputMax: 5,
  budget: 6,
  maxalloc: 7,
  maxallocMin: 8,
  maxallocMax: 9,
  states: 10,
  statesMax: 11,
  memory: 12,
  memoryMax: 13,
} as const

export const ENDING = { complete: 0, cut: 1, time: 2, curralloc: 3, peak: 4 } as const

/** The numbers of one state, which are the most that there are of anything. */
export const STATE_NUMBERS = 18

/** As seen from a bundle, in the layout of build/, where tests lie deeper, and of an installation. */
const PLACES = ['../addon', '../../addon', '../../../addon', '.']

export function addonPath(): string {
  const paths = PLACES.map((place) => join(__dirname, place, 'lunatik.node'))
  const path = paths.find((candidate) => existsSync(candidate))
  if (path === undefined) throw new Error(`the addon is not there: ${paths.join(', ')}`)
  return path
}

export function loadNative(): Native {
  // The type of what a compiled addon exports is what is written above; nobody else can say it.
  return createRequire(__filename)(addonPath()) as Native
}
