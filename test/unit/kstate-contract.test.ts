// SPDX-License-Identifier: MIT
// kmod/kstate.yaml is the contract of the module kstate's netlink family: the kernel's header and the module agree with it. The
// header's other half, of /dev/kstate, has sizes that no compiler may change.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'

interface Contract {
  readonly version: number
  readonly definitions: readonly { readonly name: string; readonly value?: number; readonly entries?: readonly string[] }[]
  readonly 'attribute-sets': readonly { readonly name: string; readonly attributes: readonly { readonly name: string }[] }[]
  readonly operations: { readonly list: readonly { readonly name: string; readonly value: number; readonly flags?: readonly string[] }[] }
}

const YAML_TO_JSON = 'import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)'
const HEADER = 'kmod/include/uapi/linux/kstate.h'

// The types above are what the tests below find out about.
const contract = JSON.parse(
  execFileSync('/usr/bin/python3', ['-c', YAML_TO_JSON], { input: readFileSync('kmod/kstate.yaml'), encoding: 'utf8' }),
) as Contract

const folder = mkdtempSync(join(tmpdir(), 'contract.'))
after(() => { rmSync(folder, { recursive: true }) })

function constant(...words: readonly string[]): string {
  return ['kstate', ...words].join('_').replaceAll('-', '_').toUpperCase()
}

function contractNumbers(): Map<string, number> {
  const numbers = new Map([['KSTATE_FAMILY_VERSION', contract.version]])
  for (const { name, value, entries = [] } of contract.definitions) {
    if (value !== undefined) numbers.set(constant(name), value)
    for (const [index, entry] of entries.entries()) numbers.set(constant(name, entry), index)
  }
  for (const { name, attributes } of contract['attribute-sets']) {
    for (const [index, attribute] of attributes.entries()) numbers.set(constant('a', name, attribute.name), index + 1)
    numbers.set(constant('a', name, 'max'), attributes.length)
  }
  for (const { name, value } of contract.operations.list) numbers.set(constant('cmd', name), value)
  numbers.set(constant('cmd', 'max'), Math.max(...contract.operations.list.map(({ value }) => value)))
  return numbers
}

/** What the compiler makes of expressions, with the header included. */
function compiled(expressions: readonly string[]): Map<string, number> {
  const lines = expressions.map((expression) => `printf("%lld\\n", (long long)(${expression}));`)
  writeFileSync(join(folder, 'header.c'), `#include <stdio.h>\n#include "${process.cwd()}/${HEADER}"\nint main(void) { ${lines.join('\n')} }`)
  execFileSync('cc', ['-o', join(folder, 'header'), join(folder, 'header.c')])
  const printed = execFileSync(join(folder, 'header'), { encoding: 'utf8' }).trim().split('\n')
  return new Map(expressions.map((expression, index) => [expression, Number(printed[index])]))
}

test("the kernel's header has the contract's numbers", () => {
  const numbers = contractNumbers()
  assert.deepEqual(compiled([...numbers.keys()]), numbers)
})

test("the kernel's header has no attribute, command or event that the contract has not", () => {
  const named = new Set(readFileSync(HEADER, 'utf8').match(/\bKSTATE_(A|CMD|EVENT_TYPE)_[A-Z0-9_]+/g))
  const known = contractNumbers()
  assert.deepEqual([...named].filter((name) => !known.has(name)), [])
})

test('every operation that may be asked for needs the privilege that the contract says', () => {
  const operations = readFileSync('kmod/kstate/netlink.c', 'utf8').matchAll(/\.cmd = (\w+),\n\t\t\.flags = (\w+)/g)
  const expected = contract.operations.list.filter(({ flags }) => flags !== undefined).map(({ name }) => [constant('cmd', name), 'GENL_UNS_ADMIN_PERM'])
  assert.deepEqual([...operations].map(([, command, flags]) => [command, flags]), expected)
})

test('what is mapped, and what the calls take, lies where it has always lain', () => {
  const wanted = new Map([
    ['sizeof(struct kstate_map)', 576], ['sizeof(struct kstate_slot)', 64], ['__builtin_offsetof(struct kstate_map, slots)', 64],
    ['KSTATE_MAP_SIZE', (1 + 8) * 4096], ['KSTATE_SLOTS', 8], ['sizeof(struct kstate_subscribe)', 256],
    ['sizeof(struct kstate_data)', 24], ['sizeof(struct kstate_part)', 32], ['sizeof(struct kstate_many)', 16],
    ['_IOC_NR(KSTATE_IOC_SUBSCRIBE)', 0xa0], ['_IOC_NR(KSTATE_IOC_DELETE)', 0xa7],
  ])
  assert.deepEqual(compiled([...wanted.keys()]), wanted)
})
