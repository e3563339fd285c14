// SPDX-License-Identifier: MIT
// Scripts of lua5.4, which find the bindings of this tree.

import assert from 'node:assert/strict'
import { Program } from './guest.ts'

export const LUA = 'lua5.4'
export const LUA_ENV = { LUA_CPATH: `${process.cwd()}/build/${LUA}/?.so;;` }

export interface Scripts {
  readonly started: (script: string, ...before: readonly string[]) => Program
  /** What a script prints that comes to its end. */
  readonly printed: (script: string, ...before: readonly string[]) => Promise<string>
}

/** @param prologue what each of them starts with */
export function scriptsBehind(prologue: string): Scripts {
  const started = (script: string, ...before: readonly string[]): Program =>
    new Program([...before, LUA, '-e', prologue + script], { env: LUA_ENV })
  const printed = async (script: string, ...before: readonly string[]): Promise<string> => {
    const { status, signal, stdout, stderr } = await started(script, ...before).ended
    assert.deepEqual({ status, signal, stderr }, { status: 0, signal: null, stderr: '' }, stdout)
    return stdout
  }
  return { started, printed }
}
