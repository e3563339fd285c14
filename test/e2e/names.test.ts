// SPDX-License-Identifier: MIT
// What a state may be called.

import assert from 'node:assert/strict'
import { behaviour, refused } from './guest.ts'

const SPELLING = 'a name is 1 to 63 of A-Z a-z 0-9 . _ - : @, the first a letter, a digit or _'
const BAD_NAMES = {
  'that is empty': '',
  'of 64 bytes': 'a'.repeat(64),
  'of 10,000 bytes': 'a'.repeat(10_000),
  'with a slash': 'a/b',
  'with a space': 'a b',
  'that begins with a dash': '-a',
  'that begins with a dot': '.a',
  'with a letter beyond ASCII': 'caf\u00e9',
  'with a control character': 'a\u0007',
  'with a newline at its end': 'a\n',
}

for (const [what, name] of Object.entries(BAD_NAMES)) {
  behaviour(`a name ${what} is refused by every operation`, async ({ session }) => {
    const refusal = { code: 'EINVAL', message: name.length > 1000 ? 'name is too long' : SPELLING }
    const named = { ...refusal, attribute: 'name' }
    await refused(session, () => session.newState(name, { handle: false }), named)
    await refused(session, () => session.closeState(name), named)
    await refused(session, () => session.show(name), named)
    await refused(session, () => session.abort(name), named)
    await refused(session, () => session.run(name, ''), refusal)
  })
}

behaviour('names of every character that there may be, and of 63 bytes, are taken', async ({ session }) => {
  for (const name of ['AZaz09._-:@', '_', '0', 'a'.repeat(63)]) {
    const state = await session.newState(name, { handle: false })
    assert.equal(state.name, name)
    await session.closeState(name)
  }
})
