// SPDX-License-Identifier: MIT
// A file as it is written, before anybody asks what it means.

import type { Position } from './manifest.ts'

export type Node = Scalar | List | Table

export interface Scalar {
  readonly kind: 'scalar'
  readonly value: string | number | boolean | null
  readonly at: Position
}

export interface List {
  readonly kind: 'list'
  readonly items: readonly Node[]
  readonly at: Position
}

export interface Table {
  readonly kind: 'table'
  /** each key once */
  readonly entries: readonly Entry[]
  readonly at: Position
}

export interface Entry {
  readonly key: string
  /** of the key */
  readonly at: Position
  readonly value: Node
}

/** What is wrong, and where. */
export interface Problem {
  readonly at: Position
  readonly message: string
}
