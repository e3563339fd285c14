// SPDX-License-Identifier: MIT
// The module kstate, for tests of pages.

import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { eventually, KERNEL, outputOf, run } from './guest.ts'

const KSTATE = `build/${KERNEL}/kstate.ko`

export async function load(...parameters: readonly string[]): Promise<void> {
  await outputOf('insmod', KSTATE, ...parameters)
}

/** Waits for files that were closed just now. */
export async function unload(): Promise<void> {
  await eventually('kstate can be unloaded', async () => (await run(['rmmod', 'kstate'])).status === 0)
}

/** How many files and mappings keep the module. */
export async function users(): Promise<number> {
  const [, , count = ''] = /^kstate (\d+) (\d+) /m.exec(await outputOf('cat', '/proc/modules')) ?? []
  assert.notEqual(count, '', 'kstate is not loaded')
  return Number(count)
}

/** Loaded for the tests of a file. That it can be unloaded says that nothing was left behind; the kernel warns of memory that was. */
export function kstateLoaded(): void {
  before(() => load())
  after(unload)
}
