// SPDX-License-Identifier: MIT

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LuaFloat, type Info, type LuaValue, type StateInfo } from '../../cli/client.ts'
import { bytesToJson, document, infoToJson, stateToJson, valueToJson } from '../../cli/output/json.ts'
import { COLUMN_NAMES } from '../../cli/output/columns.ts'
import { FIELD_NAMES } from '../../cli/output/info.ts'

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
  assert.equal(json('\u202eb\u2066'), '"\\u202eb\\u2066"')
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

const WEB: StateInfo = {
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
  step: null,
  age: 1.5,
  runs: 0,
  errors: 0,
  aborts: 0,
  runTime: 0,
  queued: 0,
  refused: 0,
}

function readState(state: StateInfo): Record<string, unknown> {
  return (JSON.parse(document({ state: stateToJson(state) })) as { state: Record<string, unknown> }).state
}

test('a state has the keys that list -o and the manual name', () => {
  assert.deepEqual(Object.keys(readState(WEB)), COLUMN_NAMES)
})

test('digests and marks of steps are hexadecimal, and null where there are none', () => {
  const script = { name: 'a.lua', size: 3, sha256: 'ab'.repeat(32) }
  const marked = readState({ ...WEB, script, step: Uint8Array.of(0, 0x1f, 0xff) })
  assert.deepEqual([marked['script_sha256'], marked['step']], ['ab'.repeat(32), '001fff'])
  const bare = readState(WEB)
  assert.deepEqual([bare['script_sha256'], bare['step']], [null, null])
})

const INFO: Info = {
  protocol: 1, module: '0.1.0', lua: '5.4.9', kernel: '6.1', branches: 'plain', build: 'plainly', nameMax: 1, chunkNameMax: 2, codeMax: 3,
  outputMax: 4, dataMax: 5, stepMax: 6, budget: 7, maxalloc: 8, maxallocMin: 9, maxallocMax: 10, states: 11, statesMax: 12, memory: 13,
  memoryMax: 14, usersMax: 15, uploadsMax: 16, queueMax: 17, sessions: 18, sessionsMax: 19,
}

test('the limits have the keys that info names, and every one of them its own', () => {
  const read = infoToJson(INFO)
  assert.deepEqual(Object.keys(read), FIELD_NAMES)
  assert.deepEqual(new Set(Object.values(read)), new Set(Object.values(INFO)))
})
