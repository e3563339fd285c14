// SPDX-License-Identifier: MIT
// kmod/lunatik.yaml is the contract. Whatever else carries its numbers and names agrees with it: the kernel's header, the
// module's policies and operations, the C library's tables, the addon, and the JSON of lunatikctl.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { StateInfo } from '../../native/addon/index.ts'
import { CHUNK_NAME_MAX, CODE_MAX, EVENTS, INFO, RECORD_NUMBERS, SHA256, STATE, STEP } from '../../native/addon/native.ts'
import { stateToJson } from '../../cli/output/json.ts'
import { compiled, constantOf, contractOf, numbersOf, type Contract } from './contract-file.ts'

interface Attribute {
  readonly name: string
  readonly type: string
  readonly checks?: Readonly<Record<string, number | string>>
}

interface Message {
  readonly request?: { readonly attributes: readonly string[] }
  readonly reply?: { readonly attributes: readonly string[] }
}

interface Operation {
  readonly name: string
  readonly value: number
  readonly 'attribute-set': string
  readonly flags?: readonly string[]
  readonly do?: Message
  readonly dump?: Message
  /** sent by the module alone */
  readonly event?: { readonly attributes: readonly string[] }
  readonly mcgrp?: string
}

interface LunatikContract extends Contract {
  readonly name: string
  readonly 'attribute-sets': readonly { readonly name: string; readonly attributes: readonly Attribute[] }[]
  readonly operations: { readonly list: readonly Operation[] }
  readonly 'mcast-groups': { readonly list: readonly { readonly name: string }[] }
}

const contract = contractOf('kmod/lunatik.yaml') as LunatikContract

function constant(...words: readonly string[]): string {
  return constantOf('lunatik', ...words)
}

function camel(name: string): string {
  return name.replace(/[-_](.)/g, (_, letter: string) => letter.toUpperCase())
}

function attributesOf(set: string): readonly Attribute[] {
  return contract['attribute-sets'].find(({ name }) => name === set)?.attributes ?? []
}

/** What a client may ask for. */
const asked = contract.operations.list.filter(({ event }) => event === undefined)

function contractNumbers(): Map<string, number> {
  return numbersOf('lunatik', contract)
}

const HEADER = 'kmod/include/uapi/linux/lunatik.h'

/** The header's texts. */
function contractTexts(): Map<string, string> {
  const groups = contract['mcast-groups'].list.map(({ name }) => [constant('mcgrp', name), name] as const)
  return new Map([['LUNATIK_FAMILY_NAME', contract.name], ...groups])
}

/** What the compiler makes of every other name in the header. */
function headerNumbers(): Map<string, number> {
  const texts = contractTexts()
  const names = [...new Set(readFileSync(HEADER, 'utf8').match(/\bLUNATIK_[A-Z0-9_]+/g))].filter((name) => !texts.has(name))
  return compiled(HEADER, names)
}

function sorted<Value>(map: Map<string, Value>): [string, Value][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1))
}

test("the kernel's header has the contract's names and numbers, and no others", () => {
  assert.deepEqual(sorted(headerNumbers()), sorted(contractNumbers()))
  const texts = readFileSync(HEADER, 'utf8').matchAll(/#define (LUNATIK_\w+)\s+"(.*)"/g)
  assert.deepEqual(sorted(new Map([...texts].map(([, name = '', text = '']) => [name, text]))), sorted(contractTexts()))
})

// --- the module ---

const MODULE = 'kmod/lunatik'
/** All that speaks netlink, in whatever files it is. */
const netlink = readdirSync(MODULE)
  .filter((file) => /^netlink.*\.c$/.test(file))
  .map((file) => readFileSync(join(MODULE, file), 'utf8'))
  .join('\n')

const POLICY_TYPES: Readonly<Record<string, string>> = { string: 'NLA_NUL_STRING', u32: 'NLA_U32', u64: 'NLA_U64', binary: 'NLA_BINARY', flag: 'NLA_FLAG' }

/** Attribute to NLA type, of a policy of the module. */
function policy(name: string): Map<string, string> {
  const body = new RegExp(`nla_policy ${name}\\[\\] = \\{(.*?)\\n\\};`, 's').exec(netlink)?.[1] ?? ''
  return new Map([...body.matchAll(/\[(LUNATIK_\w+)\] = [^\n]*?(NLA_(?!POLICY)\w+)/g)].map(([, attribute = '', type = '']) => [attribute, type]))
}

function moduleOperations(): Map<string, string> {
  const table = /struct genl_ops ops\[\] = \{(.*?)\n\};/s.exec(netlink)?.[1] ?? ''
  const entries = table.split(/\n\t\}, \{|\n\t\}/).map((entry) => [/\.cmd = (\w+)/.exec(entry)?.[1] ?? '', entry] as const)
  return new Map(entries.filter(([command]) => command !== ''))
}

test("the module has the contract's operations: handlers, dumps, privilege", () => {
  const operations = moduleOperations()
  assert.deepEqual([...operations.keys()], asked.map(({ name }) => constant('cmd', name)))
  for (const { name, flags, ...operation } of asked) {
    const entry = operations.get(constant('cmd', name)) ?? ''
    const has = { handler: entry.includes('.doit ='), dump: entry.includes('.dumpit ='), privilege: entry.includes('GENL_ADMIN_PERM') }
    assert.deepEqual(has, { handler: 'do' in operation, dump: 'dump' in operation, privilege: flags?.includes('admin-perm') ?? false }, name)
  }
})

test("the module's policies take what the contract has in requests, of the same types", () => {
  const operations = moduleOperations()
  for (const { name, 'attribute-set': set, do: handled, dump } of asked) {
    const wanted = new Set([...(handled?.request?.attributes ?? []), ...(dump?.request?.attributes ?? [])])
    const types = attributesOf(set).filter((attribute) => wanted.has(attribute.name))
    const expected = new Map(types.map(({ name: attribute, type }) => [constant('a', set, attribute), POLICY_TYPES[type] ?? type]))
    const used = /POLICY\((\w+)\)/.exec(operations.get(constant('cmd', name)) ?? '')?.[1]
    assert.deepEqual(sorted(used === undefined ? new Map<string, string>() : policy(used)), sorted(expected), name)
  }
})

test('every attribute that the contract names in an operation is in its set', () => {
  for (const { name, 'attribute-set': set, do: handled, dump, event } of contract.operations.list) {
    const known = new Set(attributesOf(set).map((attribute) => attribute.name))
    const messages = [handled?.request, handled?.reply, dump?.request, dump?.reply, event]
    for (const attribute of messages.flatMap((message) => message?.attributes ?? [])) assert.ok(known.has(attribute), `${name}: ${attribute}`)
  }
})

test('what the module alone sends has no request, and its group is one of the contract', () => {
  const groups = contract['mcast-groups'].list.map(({ name }) => name)
  const events = contract.operations.list.filter(({ event }) => event !== undefined)
  assert.deepEqual(events.map(({ name }) => name), ['ready', 'event'])
  for (const { name, mcgrp, ...operation } of events) {
    assert.ok(!('do' in operation) && !('dump' in operation), name)
    assert.ok(mcgrp === undefined || groups.includes(mcgrp), name)
  }
})

// --- its clients ---

test("the C library calls every attribute by the contract's name", () => {
  const tables = readFileSync('native/lib/lunatik_contract.c', 'utf8')
  const named = new Map([...tables.matchAll(/\[(LUNATIK_A_\w+)\] = .*?"([a-z0-9-]+)"/g)].map(([, attribute = '', name = '']) => [attribute, name]))
  const expected = contract['attribute-sets'].flatMap(({ name: set, attributes }) => attributes.map(({ name }) => [constant('a', set, name), name] as const))
  assert.deepEqual(sorted(named), sorted(new Map(expected)))
})

test('the addon and its TypeScript put numbers in the same order', () => {
  const convert = readFileSync('native/addon/convert.cc', 'utf8')
  const ordered = (what: string) => [...convert.matchAll(new RegExp(`static_cast<double>\\(${what}\\.(\\w+)\\)`, 'g'))].map(([, field = '']) => camel(field))
  assert.deepEqual(Object.entries(STATE), ordered('state').map((field, index) => [field, index]))
  assert.deepEqual(Object.entries(INFO), ordered('info').map((field, index) => [field, index]))
  assert.ok(RECORD_NUMBERS >= Object.keys(INFO).length)
})

test('the addon knows where the bytes of a state lie behind its numbers, and how the contract calls events', () => {
  const size = (set: string, attribute: string) => attributesOf(set).find(({ name }) => name === attribute)?.checks
  assert.deepEqual([size('state', 'script-sha256'), size('state', 'step')], [{ 'exact-len': SHA256.size }, { 'max-len': 'step-max' }])
  const constants = new Map(contract.definitions.map((definition) => [definition.name, definition]))
  assert.deepEqual(constants.get('step-max'), { ...constants.get('step-max'), value: STEP.size })
  assert.equal(SHA256.at, Object.keys(STATE).length * 8)
  const types = constants.get('event-type')
  assert.ok(types?.type === 'enum')
  assert.deepEqual(EVENTS, types.entries)
  const numbers = contractNumbers()
  assert.deepEqual([CODE_MAX, CHUNK_NAME_MAX], [numbers.get('LUNATIK_CODE_MAX'), numbers.get('LUNATIK_CHUNK_NAME_MAX')])
})

test("the keys of a state in JSON are the contract's names of what is listed", () => {
  const listed = contract.operations.list.find(({ name }) => name === 'list')?.dump?.reply?.attributes ?? []
  const expected = listed.map((name) => (name === 'script-name' ? 'script' : name.replaceAll('-', '_')))
  // Only its keys matter.
  const keys = Object.keys(stateToJson({ script: null } as StateInfo))
  assert.deepEqual([...keys].sort(), [...expected].sort())
})
