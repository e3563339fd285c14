// SPDX-License-Identifier: MIT
// liblunatik from outside: what the header declares is what the shared library exports, in a version of its interface, and
// what the manual describes, in the same words.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

const HEADER = readFileSync('native/lib/lunatik.h', 'utf8').replace(/\/\*.*?\*\//gs, '')

function squeezed(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/ ?([()*,;{}]) ?/g, '$1').trim()
}

/** Function to prototype. */
const declared = new Map(
  [...HEADER.matchAll(/^LUNATIK_API (.*?(\blunatik_\w+)\(.*?\));/gms)].map(([, prototype = '', name = '']) => [name, squeezed(prototype)]),
)

/** Others in that section are for Lua. */
const PAGES = readdirSync('man').filter((file) => /^lunatik.*\.3$/.test(file))
const pages = new Map(PAGES.map((file) => [file, readFileSync(join('man', file), 'utf8')]))

function sorted(names: Iterable<string>): string[] {
  return [...names].sort()
}

test('the shared library exports what the header declares, in version LUNATIK_0, and nothing else', () => {
  const symbols = execFileSync('nm', ['-D', '--defined-only', '--with-symbol-versions', 'build/lib/liblunatik.so'], { encoding: 'utf8' })
  const exported = symbols.trim().split('\n').map((line) => line.split(' ').slice(1).join(' '))
  assert.deepEqual(sorted(exported), sorted(['A LUNATIK_0', ...[...declared.keys()].map((name) => `T ${name}@@LUNATIK_0`)]))
})

test('each function has its manual page, with the same prototype, and no page has others', () => {
  const documented = new Map<string, string>()
  for (const page of pages.values())
    for (const [, type = '', name = '', args = ''] of page.matchAll(/^\.Ft "?(.*?)"?\n\.Fo (\w+)\n(.*?)^\.Fc$/gms)) {
      const list = [...args.matchAll(/^\.Fa "(.*)"$/gm)].map(([, argument]) => argument)
      documented.set(name, squeezed(`${type} ${name}(${list.join(', ')})`))
    }
  assert.deepEqual([...documented].sort(), [...declared].sort())
})

test('a page has a name for each of its functions, and the first is that of its file', () => {
  for (const [file, page] of pages) {
    const names = [...(/^\.Sh NAME\n(.*?)^\.Nd/ms.exec(page)?.[1] ?? '').matchAll(/^\.Nm (\w+)/gm)].map(([, name = '']) => name)
    const described = [...page.matchAll(/^\.Fo (\w+)$/gm)].map(([, name = '']) => name)
    assert.equal(`${names[0] ?? ''}.3`, file)
    assert.deepEqual(sorted(names), sorted(file === 'lunatik.3' ? ['lunatik'] : described), file)
  }
})

test("the manual's structs and enums are the header's", () => {
  const ours = (text: string) => [...text.matchAll(/^(?:struct|enum) lunatik_\w+ \{.*?^\};/gms)].map(([definition]) => squeezed(definition))
  const known = new Set(ours(HEADER))
  for (const [file, page] of pages) for (const definition of ours(page)) assert.ok(known.has(definition), `${file}: ${definition}`)
})

function filesIn(folder: string): string[] {
  return sorted(readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => !entry.isDirectory()).map(({ name }) => name))
}

test('what is installed has a page for each function, and can be taken away whole', () => {
  const folder = mkdtempSync(join(tmpdir(), 'installed.'))
  const make = (target: string) => execFileSync('make', ['--no-print-directory', '-s', target, `DESTDIR=${folder}`, 'PREFIX=/usr'])
  make('install-lib')
  assert.deepEqual(filesIn(join(folder, 'usr/share/man/man3')), sorted(['lunatik.3', ...[...declared.keys()].map((name) => `${name}.3`)]))
  assert.match(readFileSync(join(folder, 'usr/lib/pkgconfig/lunatik.pc'), 'utf8'), /^prefix=\/usr\n[^]*^Version: \d+\.\d+\.\d+$/m)
  make('uninstall-lib')
  assert.deepEqual(filesIn(folder), [])
  rmSync(folder, { recursive: true })
})

test("the protocol's manual page has what kmod/lunatik.yaml says", () => {
  const folder = mkdtempSync(join(tmpdir(), 'manual.'))
  const copy = join(folder, 'lunatik.7')
  const page = readFileSync('man/lunatik.7', 'utf8')
  writeFileSync(copy, page)
  execFileSync('man/contract.py', [copy])
  assert.equal(page, readFileSync(copy, 'utf8'), 'run man/contract.py man/lunatik.7')
  rmSync(folder, { recursive: true })
})
