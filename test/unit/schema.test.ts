// SPDX-License-Identifier: MIT
// The schemas of man/schema: there is one for each command that prints data, and it says no to what it should.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { document, stateToJson, valueToJson } from '../../cli/output/json.ts'
import { remarkDocument } from '../../cli/output/remark.ts'
import { EVERY_COMMAND } from '../../cli/tree.ts'
import { LuaFloat, type LuaValue } from '../../cli/client.ts'
import { fitsSchema, problemsWith, schemaOfCommand, SCHEMAS } from '../schemas.ts'
import { WEB } from './states.ts'

/** Schemas of no command. */
const OTHERS = ['common', 'failure', 'file', 'remark']

test('every command that prints data has a schema, and no other has', () => {
  const printing = EVERY_COMMAND.filter(({ silent }) => !silent).map(({ name }) => schemaOfCommand(name))
  assert.deepEqual([...SCHEMAS].sort(), [...printing, ...OTHERS].sort())
})

test('every schema is one, and refuses an empty document', () => {
  for (const name of SCHEMAS) if (name !== 'common') assert.match(problemsWith(name, {}), /required property/, name)
})

const RUN = { netns: 1, state: 'web', output: '', cut: false, time: 0, curralloc: 1, peak: 1 }

function sent(value: LuaValue): string {
  return document({ ...RUN, values: [valueToJson(value)] })
}

test('every Lua value is described, the large, the odd and the binary ones too', () => {
  const values: LuaValue[] = [
    null, true, 'text', 3n, 2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n), new LuaFloat(3), new LuaFloat(NaN), new LuaFloat(-Infinity),
    Uint8Array.of(0xff), [], [[1n]], new Map<LuaValue, LuaValue>([['a', []]]), new Map([['int', '5']]),
    new Map<LuaValue, LuaValue>([[1.5, Uint8Array.of(0xfe)]]),
  ]
  for (const value of values) fitsSchema('send', sent(value))
})

test('a key that no schema names is found, and so are a missing one and one of another type', () => {
  const run = { schema: 1, ...RUN, values: [] }
  assert.equal(problemsWith('send', run), '')
  assert.match(problemsWith('send', { ...run, extra: 1 }), /unevaluated properties/)
  assert.match(problemsWith('send', { ...run, peak: undefined }), /'peak'/)
  assert.match(problemsWith('send', { ...run, time: '0' }), /must be number/)
  assert.match(problemsWith('send', { ...run, schema: 2 }), /must be equal to constant/)
  assert.match(problemsWith('send', { ...run, values: [{ int: 5 }] }), /values/)
  assert.match(problemsWith('do', run), /'script'/)
  assert.match(problemsWith('list', { schema: 1, netns: 1, states: [{ name: 'web' }] }), /'context'/)
})

test('a state has no key that no schema names, wherever it is told', () => {
  const state = JSON.parse(document(stateToJson(WEB))) as Record<string, unknown>
  delete state['schema']
  const everywhere = { ...state, netns: 4, netns_name: 'blue' }
  assert.equal(problemsWith('list', { schema: 1, netns: 1, states: [state] }), '')
  assert.equal(problemsWith('list', { schema: 1, states: [everywhere] }), '')
  assert.equal(problemsWith('monitor', { schema: 1, netns: 1, type: 'state', state }), '')
  assert.notEqual(problemsWith('list', { schema: 1, netns: 1, states: [everywhere] }), '')
  assert.notEqual(problemsWith('list', { schema: 1, states: [{ ...everywhere, extra: 1 }] }), '')
  assert.notEqual(problemsWith('monitor', { schema: 1, netns: 1, type: 'state', state: { ...state, extra: 1 } }), '')
  assert.notEqual(problemsWith('show', { schema: 1, netns: 1, states: [state, state] }), '')
})

test('warnings and notes are documents', () => {
  const place = undefined
  const warning = remarkDocument({ command: 'set', place, kind: 'warning', text: 'a\u009b' })
  fitsSchema('remark', warning + remarkDocument({ command: 'set', place: 'a.batch:3', kind: 'note', text: '' }))
  assert.notEqual(problemsWith('remark', { schema: 1, command: 'set', warning: '', note: '' }), '')
})
