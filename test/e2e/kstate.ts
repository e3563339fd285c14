// SPDX-License-Identifier: MIT
// The modules kstate and lunatik_page, for tests of pages.

import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { eventually, KERNEL, outputOf, run } from './guest.ts'

const KSTATE = `build/${KERNEL}/kstate.ko`
const LUNATIK_PAGE = `build/${KERNEL}/lunatik_page.ko`

export async function load(...parameters: readonly string[]): Promise<void> {
  await outputOf('insmod', KSTATE, ...parameters)
}

/** Waits for files that were closed just now. */
export async function unload(): Promise<void> {
  await eventually('kstate can be unloaded', async () => (await run(['rmmod', 'kstate'])).status === 0)
}

/** With kstate, on which it stands. */
export async function loadLibrary(...parameters: readonly string[]): Promise<void> {
  await load(...parameters)
  await outputOf('insmod', LUNATIK_PAGE)
}

/** Waits for what states that were closed just now had open. */
export async function unloadLibrary(): Promise<void> {
  await eventually('lunatik_page can be unloaded', async () => (await run(['rmmod', 'lunatik_page'])).status === 0)
  await unload()
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
