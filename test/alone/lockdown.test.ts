// SPDX-License-Identifier: MIT
// A kernel that is locked down takes no new code into states. It stays so until it is booted anew, so this has a guest of
// its own.

import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { behaviour, failureOf, lunatikctl, outputOf, refused, SLOWNESS } from '../e2e/guest.ts'

const KIB = 1024

behaviour('under lockdown new code is refused, and what was there before goes on', async (place) => {
  const { session } = place
  const name = await place.newState()
  await session.run(name, 'x = 42')
  const runs = (await session.show(name)).runs
  await writeFile('/sys/kernel/security/lockdown', 'integrity')

  const message = 'the kernel is locked down: no code is loaded into states'
  for (const code of ['x = 42', 'return x', `return 1 --${'x'.repeat(200 * KIB)}`]) {
    await refused(session, () => session.run(name, code, { budget: 60 * SLOWNESS }), { code: 'EPERM', message })
  }
  const { status, stdout, stderr } = await lunatikctl(['do', name, '-e', 'return x'])
  assert.deepEqual([status, stdout, stderr], [7, '', `lunatikctl: do: ${name}: ${message} (EPERM)\n`])

  assert.equal((await session.show(name)).runs, runs)
  assert.equal(await outputOf('lunatikctl', 'list', '-o', 'name'), `NAME\n${name}\n`)
  const other = await place.newState()
  assert.equal((await failureOf(session.closeState(other)))?.code, undefined)
})
