// SPDX-License-Identifier: MIT
// Computations of known result, to the bit, in states, in processes and in the kernel, each beside all the others.
// Stock Lua says what the scripts come to.

import assert from 'node:assert/strict'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { behaviour, outputOf, run, SLOWNESS, type Place } from '../e2e/guest.ts'
import { Log } from './machine.ts'
import { fpuUses, useFpu, witnessed } from './witness.ts'

const FOLDER = 'test/attacks/fpu'
const names = readdirSync(FOLDER).filter((name) => name.endsWith('.lua')).sort()
const codes = new Map(names.map((name) => [name, readFileSync(`${FOLDER}/${name}`, 'utf8')]))

/** How long all is at work at once, in milliseconds. */
const TOGETHER = 8000 * SLOWNESS
const BUDGET = 60 * SLOWNESS

const STOCK = '/tmp/attack.lua'

/** What each script comes to in a process that has the FPU for itself. */
async function stock(): Promise<Map<string, string>> {
  writeFileSync(STOCK, 'io.write((dofile(arg[1])))')
  const results = new Map<string, string>()
  for (const name of names) results.set(name, await outputOf('lua5.4', STOCK, `${FOLDER}/${name}`))
  return results
}

async function computes({ session }: Place, state: string, expected: Map<string, string>, until: number): Promise<number> {
  let rounds = 0
  while (performance.now() < until) {
    for (const [name, code] of codes) {
      const { values } = await session.run(state, code, { budget: BUDGET })
      assert.deepEqual(values, [expected.get(name)], `${name} in ${state}`)
    }
    rounds++
  }
  return rounds
}

async function processComputes(expected: Map<string, string>, until: number): Promise<number> {
  let rounds = 0
  while (performance.now() < until) {
    for (const name of names) assert.equal(await outputOf('lua5.4', STOCK, `${FOLDER}/${name}`), expected.get(name), `${name} in a process`)
    rounds++
  }
  return rounds
}

witnessed()

behaviour('states, processes, kernel threads and timers compute beside each other, and nobody loses a bit', async (place) => {
  const log = new Log()
  const expected = await stock()
  const states = await Promise.all([1, 2, 3].map(() => place.newState()))
  await useFpu(TOGETHER)
  const until = performance.now() + TOGETHER
  const rounds = await Promise.all([...states.map((state) => computes(place, state, expected, until)), processComputes(expected, until)])
  const { threads, timers, losses } = await fpuUses()
  assert.ok(threads > 100 && Math.min(...rounds) > 0, `${threads} uses in the kernel, ${rounds.join(' ')} rounds`)
  assert.equal(losses, 0, 'others in the kernel lost what they had in the FPU')
  process.stdout.write(`  ${rounds.join(' ')} rounds beside ${threads} uses of the FPU by kernel threads and ${timers} by timers\n`)
  log.assertClean()
  log.close()
})

behaviour('a process gets its registers back from each system call that ran a script, whatever they were', async (place) => {
  const expected = await stock()
  for (const [name, code] of codes) {
    // A small state, where it begins within the request, and a large one.
    for (const maxalloc of [1 << 20, 64 << 20]) {
      const state = await place.newState({ maxalloc })
      assert.deepEqual((await place.session.run(state, code, { budget: BUDGET })).values, [expected.get(name)])
      const { status, stdout, stderr } = await run(['build/test/registers', state, '5'], { input: code })
      assert.deepEqual({ status, stderr }, { status: 0, stderr: '' }, name)
      assert.ok(Number(stdout) >= 5, stdout)
    }
  }
})
