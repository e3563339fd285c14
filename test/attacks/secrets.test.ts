// SPDX-License-Identifier: MIT
// Scripts that want to see what is not theirs: addresses of the kernel, and memory that was somebody else's.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { behaviour, SLOWNESS } from '../e2e/guest.ts'
import { attacks } from './attack.ts'
import { assertSecret } from './secrets.ts'

attacks('secrets')

behaviour('an address would be seen', async () => {
  assert.doesNotMatch(await readFile('/proc/cpuinfo', 'latin1'), /\bla57\b/, 'the heap is where no one looks')
  const address = Buffer.from('a0ad32c0ffffffff', 'hex')
  const leaks = [0xffff_8880_1234_5678n, 'at 0xffff888012345678', Uint8Array.of(1, 2, ...address, 3), [['x', -0x3f_cd52_60 - 1]], new Map([['k', ['ffffffffc032ad10']]])]
  for (const [index, leak] of leaks.entries()) assert.throws(() => { assertSecret(leak) }, { name: 'AssertionError' }, `number ${index}`)
  for (const harmless of [-1, 0, 1.5, 'ffff', Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255), [null, true], 2 ** 53]) assertSecret(harmless)
})

/** Functions of Lua's libraries, and what they are in C. */
const FUNCTIONS = { 'string.rep': 'str_rep', 'string.byte': 'str_byte', 'table.concat': 'tconcat', 'math.abs': 'math_abs', 'utf8.len': 'utflen' }

async function addressOf(symbol: string): Promise<string> {
  const symbols = await readFile('/proc/kallsyms', 'utf8')
  const [, address = ''] = new RegExp(`^([0-9a-f]{16}) t ${symbol}\\t\\[lunatik\\]$`, 'm').exec(symbols) ?? []
  assert.notEqual(address, '', symbol)
  return `0x${address}`
}

behaviour('a text in a table tells nothing of the address that it is', async (place) => {
  // A script finds out all of a function's hash, and some of a text's. Were they of one kind, a guess could be tried.
  const where = await readFile('test/attacks/where-keys-are.lua', 'utf8')
  const pairs = await Promise.all(Object.entries(FUNCTIONS).map(async ([name, symbol]) => `{ ${name}, ${await addressOf(symbol)} }`))
  const code = `${where}
    local differences = {}
    for i, pair in ipairs { ${pairs.join(', ')} } do
      differences[i] = (hash(pair[1]) ~ place(string.pack("<I8", pair[2]), 8)) & 0xff
    end
    return table.unpack(differences)`
  const name = await place.newState({ maxalloc: 64 << 20 })
  const { values } = await place.session.run(name, code, { budget: 60 * SLOWNESS })
  assert.equal(values.length, pairs.length)
  assert.notEqual(new Set(values).size, 1, 'each text differs from its address by the same')
})
