// SPDX-License-Identifier: MIT
// kmod/kstate.yaml is the contract of the module kstate's netlink family: the kernel's header and the module agree with it. The
// header's other half, of /dev/kstate, has sizes that no compiler may change.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { PAGE_EVENTS, PAGE_INFO, PAGE_INFO_NUMBERS, PAGE_SIZE_MAX, PAGES_MAX } from '../../native/addon/native.ts'
import { MAP, SLOT, SLOTS } from '../../native/addon/page-map.ts'
import { compiled, constantOf, contractOf, numbersOf, type Contract } from './contract-file.ts'

interface KstateOperation {
  readonly name: string
  readonly value: number
  readonly flags?: readonly string[]
  readonly dump?: { readonly reply: { readonly attributes: readonly string[] } }
}

interface KstateContract extends Contract {
  readonly operations: { readonly list: readonly KstateOperation[] }
}

const HEADER = 'kmod/include/uapi/linux/kstate.h'
const contract = contractOf('kmod/kstate.yaml') as KstateContract
const contractNumbers = (): Map<string, number> => numbersOf('kstate', contract)

test("the kernel's header has the contract's numbers", () => {
  const numbers = contractNumbers()
  assert.deepEqual(compiled(HEADER, [...numbers.keys()]), numbers)
})

test("the kernel's header has no attribute, command or event that the contract has not", () => {
  const named = new Set(readFileSync(HEADER, 'utf8').match(/\bKSTATE_(A|CMD|EVENT_TYPE)_[A-Z0-9_]+/g))
  const known = contractNumbers()
  assert.deepEqual([...named].filter((name) => !known.has(name)), [])
})

test('every operation that may be asked for needs the privilege that the contract says', () => {
  const operations = readFileSync('kmod/kstate/netlink.c', 'utf8').matchAll(/\.cmd = (\w+),\n\t\t\.flags = (\w+)/g)
  const expected = contract.operations.list.filter(({ flags }) => flags !== undefined).map(({ name }) => [constantOf('kstate', 'cmd', name), 'GENL_UNS_ADMIN_PERM'])
  assert.deepEqual([...operations].map(([, command, flags]) => [command, flags]), expected)
})

test("the C library calls every attribute by the contract's name", () => {
  const tables = readFileSync('native/lib/kstate_contract.c', 'utf8')
  const named = [...tables.matchAll(/\[(KSTATE_A_\w+)\] = .*?"([a-z0-9-]+)"/g)].map(([, attribute = '', name = '']) => [attribute, name])
  const expected = contract['attribute-sets'].flatMap(({ name: set, attributes }) => attributes.map(({ name }) => [constantOf('kstate', 'a', set, name), name]))
  assert.deepEqual(named.sort(), expected.sort())
})

test('Node lists what the contract does, by its names, in the order of the addon, and calls events as it does', () => {
  const listed = contract.operations.list.find(({ name }) => name === 'list')?.dump?.reply.attributes ?? []
  const numbers = [...readFileSync('native/addon/pages.cc', 'utf8').matchAll(/static_cast<double>\(page\.(\w+)\)/g)].map(([, name = '']) => name)
  assert.deepEqual(Object.entries(PAGE_INFO), numbers.map((name, index) => [name, index]))
  assert.equal(PAGE_INFO_NUMBERS, numbers.length)
  assert.deepEqual(['name', ...numbers].sort(), [...listed].sort())
  const types = contract.definitions.find(({ name }) => name === 'event-type')
  assert.ok(types?.type === 'enum')
  assert.deepEqual(PAGE_EVENTS, types.entries)
})

test('what is mapped, and what the calls take, lies where it has always lain', () => {
  const wanted = new Map([
    ['sizeof(struct kstate_map)', 576], ['sizeof(struct kstate_slot)', 64], ['__builtin_offsetof(struct kstate_map, slots)', 64],
    ['KSTATE_MAP_SIZE', (1 + 8) * 4096], ['KSTATE_SLOTS', 8], ['sizeof(struct kstate_subscribe)', 256],
    ['sizeof(struct kstate_data)', 24], ['sizeof(struct kstate_part)', 32], ['sizeof(struct kstate_many)', 16],
    ['_IOC_NR(KSTATE_IOC_SUBSCRIBE)', 0xa0], ['_IOC_NR(KSTATE_IOC_DELETE)', 0xa7],
  ])
  assert.deepEqual(compiled(HEADER, [...wanted.keys()]), wanted)
})

test('Node reads what is mapped where it lies', () => {
  const word = (type: string, field: string): string => `__builtin_offsetof(struct ${type}, ${field}) / 4`
  const wanted = new Map([
    [word('kstate_map', 'version'), MAP.version], [word('kstate_map', 'removed'), MAP.removed], [word('kstate_map', 'slots'), MAP.slots],
    [word('kstate_slot', 'sequence'), SLOT.sequence], [word('kstate_slot', 'size'), SLOT.size],
    ['sizeof(struct kstate_slot) / 4', SLOT.words], ['KSTATE_SLOTS', SLOTS],
    ['KSTATE_SIZE_MAX', PAGE_SIZE_MAX], ['KSTATE_MANY_MAX', PAGES_MAX],
  ])
  assert.deepEqual(compiled(HEADER, [...wanted.keys()]), wanted)
})
