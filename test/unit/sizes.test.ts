// SPDX-License-Identifier: MIT

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatDuration, formatSize, parseCount, parseDuration, parseSize, parseMode, parseOffset, parseRate, parseVersion } from '../../cli/sizes.ts'

test('sizes are bytes, or powers of 1024', () => {
  const sizes = { 65536: 65536, '64K': 65536, '64k': 65536, '1M': 1048576, '1.5M': 1572864, '2GiB': 2147483648, '7B': 7 }
  for (const [text, bytes] of Object.entries(sizes)) assert.equal(parseSize(text), bytes, text)
})

test('what is no size is refused', () => {
  for (const text of ['', 'K', '-1', '1e3', '0x10', '1 M', '1KB', '1Q', ' 1', '1\n', '9007199254740993', '9000000T']) {
    assert.throws(() => parseSize(text), RangeError, JSON.stringify(text))
  }
})

test('an offset is a size that is whole by itself', () => {
  for (const [text, bytes] of Object.entries({ 0: 0, 40: 40, '1K': 1024, '1.5K': 1536 })) assert.equal(parseOffset(text), bytes, text)
  for (const text of ['1.5', '1.0005K', '-1', 'x', '9007199254740993']) assert.throws(() => parseOffset(text), RangeError, text)
})

test('sizes for people have two or three digits and are read again', () => {
  const sizes: [number, string][] = [
    [0, '0'],
    [1023, '1023'],
    [1024, '1K'],
    [19456, '19K'],
    [23000, '22.5K'],
    [102348, '99.9K'],
    [102400, '100K'],
    [1000 * 1024, '1M'],
    [1024 ** 2 - 1, '1M'],
    [1048576, '1M'],
    [256 * 1024 ** 2, '256M'],
    [1024 ** 4, '1T'],
  ]
  for (const [bytes, text] of sizes) {
    assert.equal(formatSize(bytes), text)
    assert.ok(Math.abs(parseSize(text) - bytes) <= bytes * 0.03)
  }
})

test('durations have units; a bare number is seconds', () => {
  const durations = { '300ms': 0.3, '2s': 2, '5m': 300, '1.5s': 1.5, '1h': 3600, 0: 0, 2: 2, '250us': 0.00025 }
  for (const [text, seconds] of Object.entries(durations)) assert.equal(parseDuration(text), seconds, text)
})

test('what is no duration is refused', () => {
  for (const text of ['', 's', '-1s', '1 s', '1S', '1w', 'Infinity', '1e3s', '36526d', `${'9'.repeat(20)}s`]) {
    assert.throws(() => parseDuration(text), RangeError, text)
  }
})

test('durations for people are cut, never rounded up to the next unit', () => {
  const durations: [number, string][] = [
    [0, '0s'],
    [0.00002, '20us'],
    [0.0123, '12ms'],
    [0.9999, '999ms'],
    [1, '1s'],
    [9.99, '9.9s'],
    [59.99, '59s'],
    [60, '1m'],
    [312, '5m 12s'],
    [4001.25, '1h 6m'],
    [86400 * 3 + 3600 * 4 + 5, '3d 4h'],
  ]
  for (const [seconds, text] of durations) assert.equal(formatDuration(seconds), text)
})

test('a count is a whole number from 1', () => {
  assert.equal(parseCount('12'), 12)
  for (const text of ['', '0', '-1', '1.5', '1e3', ' 1', '0x1', '9007199254740993']) assert.throws(() => parseCount(text), RangeError, text)
})

test('a rate is told in a second, a minute or an hour', () => {
  assert.deepEqual(['10/s', '10', '0.5/s', '30/m', '3600/h'].map(parseRate), [10, 10, 0.5, 0.5, 1])
  for (const text of ['', '0', '0/s', '-1/s', '1/d', '/s', '1 /s', '1/s/s', '0.000001/s']) assert.throws(() => parseRate(text), RangeError, text)
})

test('a mode is octal', () => {
  assert.deepEqual(['0640', '640', '0000'].map(parseMode), [0o640, 0o640, 0])
  for (const text of ['', '0', '64', '648', '0o640', '10000', 'rw-']) assert.throws(() => parseMode(text), RangeError, text)
})

test('a version is a whole number', () => {
  assert.deepEqual(['0', '12'].map(parseVersion), [0, 12])
  for (const text of ['', '-1', '1.0', '0x1', '9007199254740992']) assert.throws(() => parseVersion(text), RangeError, text)
})
