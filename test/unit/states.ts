// SPDX-License-Identifier: MIT
// States as the kernel would list them.

import type { StateInfo } from '../../cli/client.ts'

export const WEB: StateInfo = {
  name: 'web',
  context: 'process',
  users: 1,
  pins: 0,
  inuse: 4242,
  maxalloc: 1048576,
  curralloc: 19456,
  peak: 23000,
  script: { name: '/etc/lunatik/a rather long name.lua', size: 120, sha256: 'ab'.repeat(32) },
  generation: 3,
  step: Uint8Array.of(0, 0xff),
  age: 4001.25,
  runs: 12,
  errors: 1,
  aborts: 0,
  runTime: 0.0123,
  queued: 0,
  refused: 0,
}

export const MAIL: StateInfo = { ...WEB, name: 'mail', inuse: null, script: null }
