// SPDX-License-Identifier: MIT

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { visible, visibleLines, visibleWord } from '../../cli/escape.ts'

test('nothing that a terminal obeys gets through', () => {
  assert.equal(visible('a\u001b[31m\u0000\u007f\u009b\r\n\tb'), 'a\\x1b[31m\\x00\\x7f\\u{9b}\\r\\n\\tb')
})

test('text cannot be made to read backwards', () => {
  assert.equal(visible('\u202egpj.exe\u2066'), '\\u{202e}gpj.exe\\u{2066}')
})

test('tracebacks keep their lines and tabs', () => {
  assert.equal(visibleLines('a:1: b\n\t[C]: in ?\u0007'), 'a:1: b\n\t[C]: in ?\\x07')
})

test('a word stays a word', () => {
  assert.equal(visibleWord('=(command line)'), '=(command\\x20line)')
})

test('other text is left alone', () => {
  assert.equal(visible('naïve \\ 日本 🙂'), 'naïve \\ 日本 🙂')
})
