// SPDX-License-Identifier: MIT
// Memory that is not there harms no page, whichever allocation it is that fails, of whatever can be done with one.

import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { behaviour, outputOf } from '../e2e/guest.ts'
import { kstateLoaded } from '../e2e/kstate.ts'

const PROGRAM = 'build/test/page-failures'
/** Of each thing, where there is time. */
const ROUNDS = process.env['LUNATIK_SHARE'] === undefined ? 20 : 5

async function tell(words: string, ...how: readonly string[]): Promise<void> {
  const told = (await outputOf(PROGRAM, ...how)).trim()
  process.stdout.write(`  ${words}: ${told.replaceAll('\n', '; ')}\n`)
}

if (existsSync('/proc/self/fail-nth')) {
  kstateLoaded()
  behaviour('whatever is done with a page, and whichever allocation fails: it is refused or done, and leaves nothing', async () => {
    await tell('failures, one by one', 'each')
  })
  behaviour('where a tenth of all allocations fail, likewise', async () => {
    await tell(`refused, of ${ROUNDS}`, 'many', String(ROUNDS))
  })
} else {
  void test('whichever allocation fails', { skip: 'this kernel fails nothing on demand' })
}
