// SPDX-License-Identifier: MIT
// How long the tests go on that have no end of their own, and where their chance begins.

import { SLOWNESS } from '../e2e/guest.ts'

/** Seconds: what --minutes of test/run says, or as long as there is in a run of everything. With 0 minutes there is one round. */
export const SECONDS = 60 * Number(process.env['LUNATIK_MINUTES'] ?? 0.4)

/** Of that for pages, which have less to be said to them. */
export const PAGE_SECONDS = process.env['LUNATIK_MINUTES'] === undefined ? SECONDS / 4 : SECONDS

/** Another one in each run, unless somebody wants to see again what one has found. */
export const SEED = Number(process.env['LUNATIK_SEED'] ?? '') || Date.now() % 1_000_000

/** Milliseconds that such a test may take. */
export const FUZZ_MS = (SECONDS + 240 * SLOWNESS) * 1000
