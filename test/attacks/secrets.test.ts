// SPDX-License-Identifier: MIT
// Scripts that want to see what is not theirs: addresses of the kernel, and memory that was somebody else's.

import assert from 'node:assert/strict'
import { behaviour } from '../e2e/guest.ts'
import { attacks } from './attack.ts'
import { assertSecret } from './secrets.ts'

attacks('secrets')

behaviour('an address would be seen', async () => {
  await Promise.resolve()
  const address = Buffer.from('a0ad32c0ffffffff', 'hex')
  const leaks = [0xffff_8880_1234_5678n, 'at 0xffff888012345678', Uint8Array.of(1, 2, ...address, 3), [['x', -0x3f_cd52_60 - 1]], new Map([['k', ['ffffffffc032ad10']]])]
  for (const [index, leak] of leaks.entries()) assert.throws(() => { assertSecret(leak) }, { name: 'AssertionError' }, `number ${index}`)
  for (const harmless of [-1, 0, 1.5, 'ffff', Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255), [null, true], 2 ** 53]) assertSecret(harmless)
})
