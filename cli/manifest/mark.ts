// SPDX-License-Identifier: MIT
// What `apply` leaves on a state (the mark of a step, which the kernel keeps with it): which scripts of its file have
// been run there, and at which generation. The kernel itself keeps the last script only, and every question that
// somebody asks the state with `do` takes its place.

import { createHash } from 'node:crypto'
import type { StateInfo } from '../client.ts'

/** What the kernel tells of a script. */
export interface Digest {
  readonly name: string
  readonly size: number
  readonly sha256: string
}

/** Of several scripts, in order: of all that came before, and of one more. */
export type Chain = Buffer

export const NO_SCRIPTS: Chain = Buffer.alloc(32)

export function chainOf(before: Chain, { name, size, sha256 }: Digest): Chain {
  return createHash('sha256').update(before).update(JSON.stringify([name, size, sha256])).digest()
}

export interface Mark {
  readonly chain: Chain
  /** of the state once the change was made */
  readonly generation: number
}

const PREFIX = Buffer.from('apply:')
const CHAIN_SIZE = NO_SCRIPTS.length
const SIZE = PREFIX.length + CHAIN_SIZE + 8

export function stepOf({ chain, generation }: Mark): Uint8Array {
  const number = Buffer.alloc(8)
  number.writeBigUInt64BE(BigInt(generation))
  return Buffer.concat([PREFIX, chain, number])
}

/** Undefined where the state was never applied, or somebody else left a mark since. */
export function markOf({ step }: Pick<StateInfo, 'step'>): Mark | undefined {
  if (step?.length !== SIZE) return undefined
  const bytes = Buffer.from(step)
  if (!bytes.subarray(0, PREFIX.length).equals(PREFIX)) return undefined
  const chain = bytes.subarray(PREFIX.length, PREFIX.length + CHAIN_SIZE)
  return { chain, generation: Number(bytes.readBigUInt64BE(PREFIX.length + CHAIN_SIZE)) }
}
