// SPDX-License-Identifier: MIT
// What a file for `apply` says, once it is read and found right.

/** In a file; both from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

export interface WantedNamespace {
  /** as -n takes it; undefined is the one that the command works in */
  readonly netns: string | undefined
  readonly states: readonly WantedState[]
  readonly at: Position
}

/** What becomes of a state some of whose scripts have changed: they are run again in it, or it is made anew. */
export type Update = 'rerun' | 'recreate'

export interface WantedState {
  readonly name: string
  /** bytes; undefined is the module's default for a new state, and whatever an old one has */
  readonly maxalloc: number | undefined
  readonly update: Update
  /** in the order in which they run */
  readonly scripts: readonly WantedScript[]
  readonly at: Position
}

export interface WantedScript {
  /** as the listing has it */
  readonly name: string
  /** where its text is; `digest` is nowhere: it can be recognised, and not run */
  readonly source: Source
  readonly size: number | undefined
  /** in hexadecimal digits */
  readonly sha256: string | undefined
  /** seconds that it may run; 0 is no limit */
  readonly timeout: number | undefined
  readonly at: Position
}

export type Source = { readonly kind: 'file' } | { readonly kind: 'code'; readonly code: string } | { readonly kind: 'digest' }
