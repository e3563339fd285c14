// SPDX-License-Identifier: MIT

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LuaFloat, type LuaValue, type StateInfo } from '../../cli/client.ts'
import { bytesToJson, document, stateToJson, valueToJson } from '../../cli/output/json.ts'
import { COLUMN_NAMES } from '../../cli/output/columns.ts'

/** The text for one value, without what is around it. */
function json(value: LuaValue): string {
  return document({ value: valueToJson(value) }).replace(/^\{"schema":1,"value":(.*)\}\n$/s, '$1')
}

const table = (...pairs: [LuaValue, LuaValue][]) => new Map(pairs)

test('a document is one line with its schema number first', () => {
  assert.equal(document({ netns: 1, states: [] }), '{"schema":1,"netns":1,"states":[]}\n')
})

test('integers are numbers up to 2^53, beyond that they are named', () => {
  assert.equal(json(3), '3')
  assert.equal(json(2n ** 53n), '9007199254740992')
  assert.equal(json(2n ** 53n + 1n), '{"int":"9007199254740993"}')
  assert.equal(json(-(2n ** 63n)), '{"int":"-9223372036854775808"}')
})

test('a float never reads as an integer', () => {
  assert.equal(json(new LuaFloat(3)), '3.0')
  assert.equal(json(new LuaFloat(-0)), '-0.0')
  assert.equal(json(new LuaFloat(0.1)), '0.1')
  assert.equal(json(new LuaFloat(1e300)), '1e+300')
})

test('what JSON has no number for is named', () => {
  assert.equal(json(new LuaFloat(NaN)), '{"float":"nan"}')
  assert.equal(json(new LuaFloat(Infinity)), '{"float":"inf"}')
  assert.equal(json(new LuaFloat(-Infinity)), '{"float":"-inf"}')
})

test('bytes that are no UTF-8 are base64, all others text', () => {
  assert.equal(json(Uint8Array.of(0xff, 0)), '{"base64":"/wA="}')
  assert.equal(bytesToJson(Buffer.from('\ufeffé\n')), '\ufeffé\n')
})

test('control characters are escaped, the C1 ones too', () => {
  assert.equal(json('\u001b\u007f\u009b"'), '"\\u001b\\u007f\\u009b\\""')
})

test('sequences are arrays, tables with text keys objects in their order, others lists of pairs', () => {
  assert.equal(json([1, null, []]), '[1,null,[]]')
  assert.equal(json(table(['b', 1], ['1', 2], ['__proto__', 3])), '{"b":1,"1":2,"__proto__":3}')
  assert.equal(json(table([1, 'a'], ['k', [true]])), '{"table":[[1,"a"],["k",[true]]]}')
  assert.equal(json(table([Uint8Array.of(0xff), 1])), '{"table":[[{"base64":"/w=="},1]]}')
})

test('a table that looks like one of our own notations is not taken for it', () => {
  assert.equal(json(table(['int', '5'])), '{"table":[["int","5"]]}')
  assert.equal(json(table(['table', []])), '{"table":[["table",[]]]}')
  assert.equal(json(table(['int', '5'], ['other', 1])), '{"int":"5","other":1}')
})

test('a state has the keys that list -o and the manual name', () => {
  const state: StateInfo = {
    name: 'web',
    context: 'process',
    users: 1,
    pins: 0,
    inuse: null,
    maxalloc: 1048576,
    curralloc: 19456,
    peak: 20000,
    script: null,
    generation: 1,
    age: 1.5,
    runs: 0,
    errors: 0,
    aborts: 0,
    runTime: 0,
    queued: 0,
    refused: 0,
  }
  const read = JSON.parse(document({ state: stateToJson(state) })) as { state: object }
  const keys = Object.keys(read.state)
  assert.deepEqual(keys, COLUMN_NAMES)
})
