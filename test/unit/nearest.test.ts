// SPDX-License-Identifier: MIT

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nearest } from '../../cli/nearest.ts'

test('names with a slip of the fingers are found, the best first', () => {
  assert.deepEqual(nearest('wbe', ['web', 'mail', 'wax']), ['web'])
  assert.deepEqual(nearest('counter', ['conter', 'counters', 'encounter', 'mail']), ['conter', 'counters', 'encounter'])
  assert.deepEqual(nearest('WEB', ['web']), ['web'])
})

test('names that go on after what was typed are found', () => {
  assert.deepEqual(nearest('fire', ['firewall-edge', 'web']), ['firewall-edge'])
})

test('at most three are named, and none that is something else', () => {
  assert.deepEqual(nearest('web1', ['web2', 'web3', 'web4', 'web5']), ['web2', 'web3', 'web4'])
  assert.deepEqual(nearest('web', ['mail', 'x', '']), [])
  assert.deepEqual(nearest('a', ['b', 'cd']), ['b'])
})
