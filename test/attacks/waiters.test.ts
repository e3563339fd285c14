// SPDX-License-Identifier: MIT
// Runs that wait for a state, and are ended there at any moment.

import assert from 'node:assert/strict'
import { behaviour, eventually, failureOf, SLOWNESS, sleep } from '../e2e/guest.ts'

const ROUNDS = 15
const RUNS = 12
const MOMENT_MS = 30 * SLOWNESS

function someMoment(): number {
  return Math.floor(Math.random() * MOMENT_MS)
}

behaviour('runs that wait are aborted at any moment: each has its end, and nothing is left of them', async (place) => {
  const { session } = place
  for (let round = 0; round < ROUNDS; round++) {
    const name = await place.newState()
    const work = 'local n = 0 for i = 1, 1e5 do n = n + i end return n'
    const runs = Array.from({ length: RUNS }, () =>
      failureOf(session.run(name, work, { budget: 60, wait: 60, signal: AbortSignal.timeout(someMoment()) })))
    const aborts = Array.from({ length: 4 }, async () => {
      await sleep(someMoment())
      return failureOf(session.abort(name))
    })
    for (const error of await Promise.all(runs)) assert.ok(error === undefined || error.code === 'EINTR', error?.message)
    for (const error of await Promise.all(aborts)) assert.ok(error === undefined || error.code === 'ENOENT', error?.message)
    await eventually(`${name} is free`, async () => (await session.show(name)).users === 1)
    assert.deepEqual((await session.run(name, 'return 7 / 2', { budget: 60 })).values, [3.5])
  }
})

behaviour('runs wait for a state that others hold, give back, close and make anew', async ({ session }) => {
  const name = 'contended'
  const until = Date.now() + 5000 * SLOWNESS
  const allowed = new Set(['ENOENT', 'EEXIST', 'EBUSY', 'EINTR', 'EINVAL'])
  const again = async (work: () => Promise<unknown>): Promise<void> => {
    while (Date.now() < until) {
      const error = await failureOf(work())
      assert.ok(error === undefined || allowed.has(error.code), error?.message)
      await sleep(1)
    }
  }
  const run = (): Promise<unknown> => session.run(name, 'local t = {} for i = 1, 2000 do t[i] = {} end', { budget: 60, wait: 0.05 })
  await Promise.all([
    ...Array.from({ length: 6 }, () => again(run)),
    again(() => session.newState(name, { handle: false })),
    again(() => session.closeState(name)),
    again(() => session.getState(name)),
    again(() => session.putState(name)),
    again(() => session.pin(name)),
    again(() => session.unpin(name)),
    again(() => session.abort(name)),
  ])
  await eventually('the state is closed', async () => {
    await failureOf(session.putState(name, { force: true }))
    while ((await failureOf(session.unpin(name))) === undefined) continue
    const error = await failureOf(session.closeState(name))
    return error === undefined || error.code === 'ENOENT'
  })
})
