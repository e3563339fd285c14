// SPDX-License-Identifier: MIT
// A processor goes, with whatever ran there, and comes back: each script ends by its budget all the same, and none loses a
// bit of what it computes. The clock of a turn is its processor's own.

import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { behaviour, failureOf, SLOWNESS, sleep, type Place } from '../e2e/guest.ts'
import { SLACK } from './attack.ts'
import { Log } from './machine.ts'

const ONLINE = '/sys/devices/system/cpu/cpu1/online'
const TOGETHER = 8000 * SLOWNESS
const BUDGET = 0.1 * SLOWNESS

/** The clock ends it, and nothing else. */
async function loops({ session }: Place, state: string, code: string, until: number): Promise<number> {
  let rounds = 0
  for (; performance.now() < until; rounds++) {
    const began = performance.now()
    const error = await failureOf(session.run(state, code, { budget: BUDGET }))
    const took = (performance.now() - began) / 1000
    assert.equal(error?.code, 'ETIME', error?.message)
    assert.ok(took < BUDGET + SLACK, `took ${took} s`)
  }
  return rounds
}

async function computes({ session }: Place, state: string, until: number): Promise<number> {
  let rounds = 0
  for (; performance.now() < until; rounds++) {
    const { values } = await session.run(state, 'local x = 0.0 for i = 1, 20000 do x = x + 1 / i end return string.format("%a", x)', { budget: 60 * SLOWNESS })
    assert.deepEqual(values, ['0x1.4f62202468754p+3'])
  }
  return rounds
}

async function unplug(until: number): Promise<number> {
  let times = 0
  for (; performance.now() < until; times++) {
    await writeFile(ONLINE, '0')
    await sleep(Math.random() * 200)
    await writeFile(ONLINE, '1')
    await sleep(Math.random() * 200)
  }
  return times
}

behaviour('a processor goes and comes back under scripts that run', async (place) => {
  const log = new Log()
  place.afterwards(() => writeFile(ONLINE, '1'))
  const states = await Promise.all([1, 2, 3, 4].map(() => place.newState()))
  const [a = '', b = '', c = '', d = ''] = states
  const until = performance.now() + TOGETHER
  const rounds = await Promise.all([
    unplug(until), computes(place, a, until), computes(place, b, until),
    loops(place, c, 'while true do end', until), loops(place, d, 'coroutine.wrap(function() while true do end end)()', until),
  ])
  assert.ok(Math.min(...rounds) > 3, rounds.join(' '))
  log.assertClean()
  log.close()
})
