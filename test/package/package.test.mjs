// SPDX-License-Identifier: MIT
// The npm package in empty projects, one for each Node, which `prepare` has made. What needs the module is in test/e2e.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'

const PROJECTS = resolve('build/test/package')
const versions = readdirSync(PROJECTS)

function output(file, args, project) {
  return execFileSync(file, args, { cwd: join(PROJECTS, project), encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim()
}

test('it is tried with Node 20, 22 and 24', () => {
  assert.deepEqual(versions.map((version) => version.split('.')[0]), ['20', '22', '24'])
})

for (const version of versions) {
  test(`Node ${version} takes it by import and by require, with nothing else installed`, () => {
    assert.equal(output('./node', ['--version'], version), `v${version}`)
    output('./node', ['alone.mjs'], version)
  })

  test(`Node ${version} runs the command that it brings`, () => {
    assert.match(output('./node', ['node_modules/.bin/lunatikctl', '--version'], version), /^lunatikctl \d/)
  })
}

test('its types serve a strict program', () => {
  const types = ['--types', 'node', '--typeRoots', resolve('node_modules/@types')]
  const strict = ['--strict', '--exactOptionalPropertyTypes', '--target', 'es2022', '--module', 'nodenext']
  output(process.execPath, [resolve('node_modules/typescript/bin/tsc'), '--noEmit', ...strict, ...types, 'consumer.mts'], versions[0])
})
