// SPDX-License-Identifier: MIT
// The module's parameters are changed while it works, to what they never are: what does not fit is refused, and all is well
// once they are back.

import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { behaviour, eventually, failureOf, type Place } from '../e2e/guest.ts'

const FOLDER = '/sys/module/lunatik/parameters'
const PARAMETERS = ['maxalloc', 'maxstates', 'maxoutput', 'maxqueue', 'maxsessions', 'budget'] as const

/** Beyond what the kernel takes for the smaller of them. */
const VALUES = ['0', '1', '4294967295', '18446744073709551615'] as const

const REFUSALS = new Set([undefined, 'ENOSPC', 'EDQUOT', 'ECANCELED', 'ETIME', 'EBUSY', 'EEXIST', 'ENOENT', 'EINVAL'])

async function setTo(parameter: string, value: string): Promise<boolean> {
  try {
    await writeFile(`${FOLDER}/${parameter}`, value)
    return true
  } catch {
    // Too much for its type.
    return false
  }
}

async function everything({ session }: Place, state: string): Promise<void> {
  const work = [
    () => session.newState('fresh', { handle: false }),
    () => session.run(state, 'print(("x"):rep(100)) return ("y"):rep(1e5)', { budget: 30 }),
    () => session.run(state, 'for i = 1, 1e6 do end'),
    () => session.run(state, 'for i = 1, 9 do lunatik.send(("m"):rep(i * 3000)) end', { budget: 30 }),
    () => session.run(state, `return 1 --${'x'.repeat(100_000)}`, { budget: 30 }),
    () => session.getState(state),
    () => session.putState(state),
    () => session.info(),
    () => session.list(),
    () => session.closeState('fresh'),
  ]
  for (const [index, one] of work.entries()) {
    const code = (await failureOf(one()))?.code
    assert.ok(REFUSALS.has(code), `${index}: ${code}`)
  }
}

for (const parameter of PARAMETERS) {
  behaviour(`${parameter} becomes nothing, and more than there can be, while all goes on`, async (place) => {
    const usual = (await readFile(`${FOLDER}/${parameter}`, 'utf8')).trim()
    place.afterwards(() => setTo(parameter, usual))
    const state = await place.newState()
    for (const value of VALUES) {
      await setTo(parameter, value)
      await everything(place, state)
      assert.ok(await setTo(parameter, usual))
      await everything(place, state)
    }
    assert.deepEqual((await place.session.run(state, 'return 7 / 2', { budget: 60 })).values, [3.5])
    await place.session.closeState(state)
    await eventually('nothing is left', async () => {
      const { states, memory } = await place.session.info()
      return states === 0 && memory === 0
    })
  })
}
