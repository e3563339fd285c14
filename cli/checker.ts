// SPDX-License-Identifier: MIT
// The module's Lua outside of the kernel: lunatik-check (native/check), a process for each chunk.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import type { Chunk, Limits } from './chunks.ts'

/** What the module tells of itself where it is loaded; a test holds these against its sources. */
export const MODULE_LIMITS: Limits & { readonly maxallocMin: number; readonly maxallocMax: number } = {
  chunkNameMax: 255,
  codeMax: 1 << 20,
  maxallocMin: 64 << 10,
  maxallocMax: 256 << 20,
}

/** As a new state has it, unless the module was told otherwise. */
export const MAXALLOC = 1 << 20

/** Why a chunk does not compile. */
export interface Refusal {
  /** the errno that a run of it would fail with */
  readonly code: string
  readonly message: string
  /** that the message begins with, after the chunk's name */
  readonly line: number | null
}

// Even a mebibyte takes a small part of it.
const PATIENCE_MS = 60_000

/**
 * Compiles a chunk as a new state that may hold `maxalloc` bytes would.
 * @returns null where it compiles
 */
export function refusalOf({ name, code }: Chunk, maxalloc: number): Refusal | null {
  // In the layout of build/, and of an installation.
  const program = join(__dirname, '../check/lunatik-check')
  const { status, stdout, stderr, error } = spawnSync(program, [String(maxalloc), name], { input: code, timeout: PATIENCE_MS })
  // It reads no more than the module would take, and may be gone before all is written.
  if (error && !('code' in error && error.code === 'EPIPE')) throw error
  if (status === 0) return null
  if (status !== 1) throw new Error(`${program} ended with status ${String(status)}: ${stderr.toString()}`)
  return parse(stdout)
}

/** `ERRNO LINE`, a newline, and the message as it is. */
function parse(told: Buffer): Refusal {
  const end = told.indexOf('\n')
  const [code = '', line] = told.subarray(0, end).toString().split(' ')
  return { code, message: told.subarray(end + 1).toString(), line: Number(line) || null }
}
