// SPDX-License-Identifier: MIT
// A contract of a netlink family, as kmod/*.yaml has it: what its tests find out about.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'

/** What every contract has; one with more has a type that extends this. */
export interface Contract {
  readonly version: number
  readonly definitions: readonly ({ readonly name: string } & (
    { readonly type: 'const'; readonly value: number } | { readonly type: 'enum'; readonly entries: readonly string[] }
  ))[]
  readonly 'attribute-sets': readonly { readonly name: string; readonly attributes: readonly { readonly name: string }[] }[]
  readonly operations: { readonly list: readonly { readonly name: string; readonly value: number }[] }
}

const YAML_TO_JSON = 'import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)'

/** The type is what the caller's tests find out about. */
export function contractOf(file: string): unknown {
  return JSON.parse(execFileSync('/usr/bin/python3', ['-c', YAML_TO_JSON], { input: readFileSync(file), encoding: 'utf8' }))
}

/** The name of a constant in the kernel's header, whose names begin with the family's. */
export function constantOf(family: string, ...words: readonly string[]): string {
  return [family, ...words].join('_').replaceAll('-', '_').toUpperCase()
}

/** What the header has to say, by name. */
export function numbersOf(family: string, contract: Contract): Map<string, number> {
  const constant = (...words: readonly string[]) => constantOf(family, ...words)
  const numbers = new Map([[constant('family', 'version'), contract.version]])
  for (const definition of contract.definitions) {
    if (definition.type === 'const') numbers.set(constant(definition.name), definition.value)
    else for (const [value, entry] of definition.entries.entries()) numbers.set(constant(definition.name, entry), value)
  }
  for (const { name, attributes } of contract['attribute-sets']) {
    for (const [index, attribute] of attributes.entries()) numbers.set(constant('a', name, attribute.name), index + 1)
    numbers.set(constant('a', name, 'max'), attributes.length)
  }
  for (const { name, value } of contract.operations.list) numbers.set(constant('cmd', name), value)
  numbers.set(constant('cmd', 'max'), Math.max(...contract.operations.list.map(({ value }) => value)))
  return numbers
}

const folder = mkdtempSync(join(tmpdir(), 'contract.'))
after(() => { rmSync(folder, { recursive: true }) })

/** What the compiler makes of expressions, with the header included. */
export function compiled(header: string, expressions: readonly string[]): Map<string, number> {
  const program = join(folder, 'header')
  const lines = expressions.map((expression) => `printf("%lld\\n", (long long)(${expression}));`)
  writeFileSync(`${program}.c`, `#include <stdio.h>\n#include "${process.cwd()}/${header}"\nint main(void) { ${lines.join('\n')} }`)
  execFileSync('cc', ['-o', program, `${program}.c`])
  const printed = execFileSync(program, { encoding: 'utf8' }).trim().split('\n')
  return new Map(expressions.map((expression, index) => [expression, Number(printed[index])]))
}
