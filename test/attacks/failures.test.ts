// SPDX-License-Identifier: MIT
// Memory that is not there harms neither a state nor the kernel, whichever allocation it is that fails.

import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { behaviour, Program } from '../e2e/guest.ts'

const ROUNDS = 60

/** What failures.c says of each request: how many allocations it was refused, or how often it was. */
async function refusals(...how: readonly string[]): Promise<Map<string, number>> {
  const { status, stdout, stderr } = await new Program(['build/test/failures', ...how]).ended
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' }, stdout)
  return new Map([...stdout.matchAll(/^(.*): (\d+)$/gm)].map(([, what = '', count]) => [what, Number(count)]))
}

if (existsSync('/proc/self/fail-nth')) {
  behaviour('a request of which any one allocation fails is refused or carried out, and leaves nothing', async () => {
    // Events are made for who listens.
    new Program(['lunatikctl', 'monitor'])
    const counts = await refusals('each')
    for (const [what, count] of counts) assert.ok(count > 0, what)
    // Those who only ask take fewer.
    assert.ok((counts.get('newstate') ?? 0) > (counts.get('info') ?? 0))
    assert.ok((counts.get('dostring') ?? 0) > (counts.get('list of one') ?? 0))
  })

  behaviour('a request of which many allocations fail is refused or carried out, and leaves nothing', async () => {
    new Program(['lunatikctl', 'monitor'])
    const counts = await refusals('many', String(ROUNDS))
    assert.ok([...counts.values()].reduce((sum, count) => sum + count) > counts.size)
  })
}
