// SPDX-License-Identifier: MIT
// The npm package as its users have it, on each Node, with the real module: the examples, from the empty projects that
// test/package/prepare has made.

import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { behaviour, run } from './guest.ts'

const PROJECTS = 'build/test/package'

/** What each example prints. */
const PRINTED = {
  'counter.mjs': new RegExp(
    "^\\[ 3, 0\\.75, Map\\(1\\) \\{ 'name' => 'counter' \\}, 9223372036854775807n \\]\n" +
      '\\d+ of 262144 bytes\nETIME: .*time budget is over\nEINTR: stopped by the caller\n$',
  ),
  'messages.mjs':
    /^one: 3 bytes\ntwo: 3 bytes\nthree: 5 bytes\n1: ONE, 0 lost before it\n2: TWO, 0 lost before it\n3: THREE, 0 lost before it\ncreated echo\nclosed echo\n$/,
}

for (const version of readdirSync(PROJECTS)) {
  const cwd = resolve(PROJECTS, version)
  for (const [example, printed] of Object.entries(PRINTED)) {
    behaviour(`Node ${version} runs examples/${example}`, async () => {
      const { status, stdout, stderr } = await run(['./node', example], { cwd })
      assert.deepEqual({ status, stderr }, { status: 0, stderr: '' })
      assert.match(stdout, printed)
    })
  }

  behaviour(`Node ${version} runs the lunatikctl that comes along`, async ({ session }) => {
    for (const args of [['new', 'web'], ['do', 'web', '-e', 'return 7 / 2'], ['close', 'web']]) {
      const { status, stdout, stderr } = await run(['./node', 'node_modules/.bin/lunatikctl', ...args], { cwd })
      assert.equal(status, 0, stderr)
      if (args[0] === 'do') assert.equal(stdout, '3.5\n')
    }
    assert.deepEqual(await session.list(), [])
  })
}
