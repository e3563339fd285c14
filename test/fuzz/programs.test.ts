// SPDX-License-Identifier: MIT
// Random Lua programs end as programs end, each within its budget, and leave a state that works.

import assert from 'node:assert/strict'
import type { Session } from '../../native/addon/index.ts'
import { behaviour, failureOf, SLOWNESS } from '../e2e/guest.ts'
import { programOf } from './programs.ts'
import { FUZZ_MS, SECONDS, SEED } from './time.ts'

/** Seconds that a program has, and that it may be late by where the machine is busy. */
const BUDGET = 0.2 * SLOWNESS
const SLACK = 10 * SLOWNESS

/** Programs that share a state, and so what those before have left there. */
const IN_A_STATE = 25

const STATES = 3

/** It does not compile, fails, or has no end. */
const ENDS = new Set([undefined, 'ENOEXEC', 'ECANCELED', 'ETIME'])

async function runProgram(session: Session, state: string, seed: number): Promise<string | undefined> {
  const began = performance.now()
  const error = await failureOf(session.run(state, programOf(seed), { budget: BUDGET }))
  const took = (performance.now() - began) / 1000
  assert.ok(ENDS.has(error?.code), `seed ${seed}: ${error?.code}: ${error?.message}`)
  assert.ok(took < BUDGET + SLACK, `seed ${seed}: took ${took} s`)
  return error?.code
}

/** All that a state has seen is forgotten with it, but for its name. Counts how they ended. */
async function runSome(session: Session, state: string, seed: number, ends: Map<string | undefined, number>): Promise<void> {
  await session.newState(state, { handle: false, maxalloc: 256 * 1024 })
  for (let i = 0; i < IN_A_STATE; i++) {
    const end = await runProgram(session, state, seed + i)
    ends.set(end, (ends.get(end) ?? 0) + 1)
  }
  const { values } = await session.run(state, 'return 7 / 2', { budget: 60 })
  assert.deepEqual(values, [3.5], `seeds from ${seed}`)
  await session.closeState(state)
}

behaviour(`random programs end, each within its budget, and leave a state that works (seeds from ${SEED})`, async ({ session }) => {
  const ends = new Map<string | undefined, number>()
  const until = Date.now() + SECONDS * 1000
  let next = SEED
  await Promise.all(Array.from({ length: SECONDS > 0 ? STATES : 1 }, async (_, index) => {
    do {
      const seed = next
      next += IN_A_STATE
      await runSome(session, `fuzz${index}`, seed, ends)
    } while (Date.now() < until)
  }))
  const { states, memory } = await session.info()
  assert.deepEqual({ states, memory }, { states: 0, memory: 0 })
  // Or the grammar has become one of something else.
  const compiled = (ends.get(undefined) ?? 0) + (ends.get('ECANCELED') ?? 0)
  if (SECONDS > 0) assert.ok((ends.get(undefined) ?? 0) > 10 / SLOWNESS && compiled > (ends.get('ENOEXEC') ?? 0), JSON.stringify([...ends]))
}, FUZZ_MS)
