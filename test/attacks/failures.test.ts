// SPDX-License-Identifier: MIT
// Memory that is not there harms neither a state nor the kernel, whichever allocation it is that fails.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { open, pages } from '../../native/addon/index.ts'
import { behaviour, outputOf, Program } from '../e2e/guest.ts'
import { loadLibrary, unloadLibrary } from '../e2e/kstate.ts'

const PROGRAM = 'build/test/failures'
const NAMESPACES = 'build/test/namespace-failures'
const NAMESPACES_MS = 900_000

// A request has up to 430 allocations, and all of them take a quarter of an hour on a kernel that can do this. Where
// there is no time for that it is each seventh, the same ones each time: what fails then was changed.
const STEP = 7
const ALL = Array.from({ length: STEP }, (_, index) => index + 1)
const FIRSTS = process.env['LUNATIK_SHARE'] === undefined ? ALL : [2]
const ROUNDS = 20

async function count(...how: readonly (string | number)[]): Promise<number> {
  return Number(await outputOf(PROGRAM, ...how.map(String)))
}

if (existsSync('/proc/self/fail-nth')) {
  before(() => loadLibrary())
  after(unloadLibrary)
  for (const request of execFileSync(PROGRAM, ['requests'], { encoding: 'utf8' }).trim().split('\n')) {
    behaviour(`${request}: whichever allocation fails, it is refused or carried out, and leaves nothing (${FIRSTS.join(' ')} of ${STEP})`, async () => {
      // Events are made for who listens.
      new Program(['lunatikctl', 'monitor'])
      for (const first of FIRSTS) assert.ok(await count(request, 'each', first, STEP) > 0)
      assert.ok(await count(request, 'many', ROUNDS) > 0)
    })
  }
  behaviour('a network namespace is made or not, whichever allocation fails, and leaves nothing', async (place) => {
    // There are a thousand, and each takes as long as a namespace.
    const step = FIRSTS === ALL ? STEP : STEP * STEP
    for (const first of FIRSTS) assert.ok(Number(await outputOf(NAMESPACES, String(first), String(step))) > 0)
    // Then there is one, and all is there.
    await outputOf('ip', 'netns', 'add', 'blue')
    place.afterwards(() => outputOf('ip', 'netns', 'del', 'blue'))
    const session = await open({ netns: 'blue' })
    place.afterwards(() => { session.close() })
    assert.deepEqual([await pages.list({ netns: 'blue' }), await session.list()], [[], []])
  }, NAMESPACES_MS)
} else {
  void test('whichever allocation fails', { skip: 'this kernel fails nothing on demand' })
}
