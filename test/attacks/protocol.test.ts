// SPDX-License-Identifier: MIT
// Whoever talks to the module: requests that are malformed or abandoned, sockets by the thousands, shared, too small, or of
// a client that is dead. Each program checks by itself that nothing is left of it.

import assert from 'node:assert/strict'
import { behaviour, run, SLOWNESS } from '../e2e/guest.ts'

const SEED = Number(process.env['LUNATIK_SEED'] ?? '') || Date.now() % 1_000_000
const KILLS = (SLOWNESS === 1 ? 400 : 100) + 6000 * Number(process.env['LUNATIK_MINUTES'] ?? 0)
const SOCKETS = SLOWNESS === 1 ? 10_000 : 2000

/** Milliseconds for the longest. */
const MS = 240_000 * SLOWNESS + 60_000 * Number(process.env['LUNATIK_MINUTES'] ?? 0)

function attack(name: string, ...argv: readonly string[]): void {
  behaviour(name, async ({ session }) => {
    const { status, signal, stderr } = await run(argv, { ms: MS })
    assert.deepEqual({ status, signal, stderr }, { status: 0, signal: null, stderr: '' }, argv.join(' '))
    const { states, sessions, memory } = await session.info()
    assert.deepEqual({ states, sessions, memory }, { states: 0, sessions: 0, memory: 0 })
    // After the program's own end, which tells more.
  }, MS + 30_000)
}

attack('every request, with each attribute and header wrong in each way, is answered, and refused where it must be', 'build/test/malformed')
attack('uploads, dumps and scripts that are left in the middle leave nothing behind', 'build/test/abandoned')
attack('sockets that are shared hold up nobody else, and end with the last who has them', 'build/test/sharing')
attack('sockets with too little room, and what is read and sent oddly, harm nobody else', 'build/test/buffers')
attack(`${SOCKETS} sockets with all that sockets can have go, one by one and at once`, 'build/test/sockets', String(SOCKETS))
attack(`${KILLS} clients are killed at any moment (seed ${SEED})`, 'build/test/kills', String(SEED), String(KILLS))
