// SPDX-License-Identifier: MIT
// The package where there is no module: what it gives, and that it needs nothing else.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import * as imported from 'lunatikctl'

const required = createRequire(import.meta.url)('lunatikctl')
for (const name of ['open', 'LunatikError', 'LuaFloat', 'decodeValues']) {
  assert.equal(typeof imported[name], 'function', name)
  assert.equal(imported[name], required[name], name)
}

for (const name of ['open', 'readMany', 'commitMany', 'layout', 'list', 'info', 'create', 'remove', 'monitor'])
  assert.equal(imported.pages[name], required.pages[name], name)

assert.deepEqual(readdirSync('node_modules').filter((name) => !name.startsWith('.')), ['lunatikctl'])
assert.match(readFileSync('/proc/self/maps', 'latin1'), /\/node_modules\/lunatikctl\/build\/npm\/addon\/libmnl\.so\.0$/m)

await assert.rejects(imported.open({ netns: 'no-such-namespace' }), (error) => {
  assert.ok(error instanceof required.LunatikError)
  assert.deepEqual([error.code, error.operation], ['ENOENT', 'netns'])
  return true
})
