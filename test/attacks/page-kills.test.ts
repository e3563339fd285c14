// SPDX-License-Identifier: MIT
// Processes that use pages are killed at each step of everything, and leave nothing that is stuck or lost.
//
// What they leave is counted where pages and subscriptions are made and freed: a listing would not tell of a page that nobody
// knows any more.

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { behaviour, eventually, run, SLOWNESS, TEST_MS } from '../e2e/guest.ts'
import { Counting } from '../e2e/counting.ts'
import { kstateLoaded, users } from '../e2e/kstate.ts'
import { memory } from './machine.ts'

kstateLoaded()

const KILLS = Number(process.env['LUNATIK_KILLS'] ?? Math.round(100 / SLOWNESS))
const SEED = Number(process.env['LUNATIK_SEED'] ?? '') || Date.now() % 1_000_000
const MS = TEST_MS + KILLS * 200 * SLOWNESS

const PROBES = {
  pagesMade: 'kstate_page_make', pagesFreed: 'kstate_store_free',
  subscriptionsMade: 'kstate_subscription_make', subscriptionsFreed: 'kstate_subscription_free',
} as const

behaviour(`${KILLS} processes that use pages are killed at each step, and leave nothing (seed ${SEED})`, async (place) => {
  const folder = await mkdtemp('/tmp/pages-')
  place.afterwards(() => rm(folder, { recursive: true }))
  const before = await memory()
  const counting = await Counting.start('kstate', PROBES)
  place.afterwards(() => counting.stop())
  const { status, stdout, stderr } = await run(['build/test/page-kills', String(KILLS), String(SEED), folder], { ms: MS - 30_000 })
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' })
  await eventually('no file is open, and none kept', async () => (await users()) === 0)
  const { pagesMade, pagesFreed, subscriptionsMade, subscriptionsFreed } = await counting.counted()
  assert.ok(pagesMade !== undefined && pagesMade > KILLS && subscriptionsMade !== undefined && subscriptionsMade > KILLS)
  assert.deepEqual({ pagesFreed, subscriptionsFreed }, { pagesFreed: pagesMade, subscriptionsFreed: subscriptionsMade })
  process.stdout.write(`  ${stdout.trim()}; ${pagesMade} pages, ${subscriptionsMade} subscriptions; ${await before.assertBack()}\n`)
}, MS)
