// SPDX-License-Identifier: MIT
// libkstate from outside: what the header declares is what the shared library exports, in a version of its interface.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

test('the shared library exports what the header declares, in version KSTATE_0, and nothing else', () => {
  const header = readFileSync('native/lib/kstate.h', 'utf8').replace(/\/\*.*?\*\//gs, '')
  const declared = [...header.matchAll(/^KSTATE_API [^(]*?\b(kstate_\w+)\(/gm)].map(([, name = '']) => `T ${name}@@KSTATE_0`)
  const symbols = execFileSync('nm', ['-D', '--defined-only', '--with-symbol-versions', 'build/lib/libkstate.so'], { encoding: 'utf8' })
  const exported = symbols.trim().split('\n').map((line) => line.split(' ').slice(1).join(' '))
  assert.deepEqual(exported.sort(), ['A KSTATE_0', ...declared].sort())
})
