// SPDX-License-Identifier: MIT
// What is written in several places says the same in all of them.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { bashCompletion } from '../../cli/completion/bash.ts'
import { EXIT } from '../../cli/exit.ts'
import { rootHelp } from '../../cli/help.ts'
import { COLUMN_NAMES } from '../../cli/output/columns.ts'
import { FIELD_NAMES } from '../../cli/output/info.ts'
import { COMMANDS, GLOBAL_OPTIONS, type OptionSpec } from '../../cli/tree.ts'

const manual = readFileSync('man/lunatikctl.8', 'utf8')

/** From a heading to the next of its kind. */
function section(macro: 'Sh' | 'Ss', heading: string): string {
  const start = manual.search(new RegExp(`^\\.${macro} ${heading}( |$)`, 'm'))
  assert.ok(start >= 0, `the manual has no '${heading}'`)
  const rest = manual.slice(start + 1)
  const end = rest.search(/^\.S[hs] /m)
  return end < 0 ? rest : rest.slice(0, end)
}

/** `-o, --output <columns>` as the manual marks it up */
function itemOf(flags: string): string {
  const [long = '', short] = flags.replace(/ <.*>$/, '').split(', ').reverse()
  const marked = `Fl \\-${long.slice(2)}`
  return `.It ${short === undefined ? '' : `Fl ${short.slice(1)} , `}${marked}`
}

test('the manual describes every command and option, and no others', () => {
  const places = [
    { text: section('Ss', 'Options of every command'), options: [...GLOBAL_OPTIONS.map(({ flags }) => flags), '-V, --version', '-h, --help'] },
    ...COMMANDS.map(({ name, options }) => ({ text: section('Ss', name), options: options.map(({ flags }) => flags) })),
  ]
  for (const { text, options } of places) {
    const items = text.split('\n').filter((line) => line.startsWith('.It Fl')).map((line) => line.replace(/ Ar .*$/, ''))
    assert.deepEqual(items.sort(), options.map(itemOf).sort())
  }
  const described = manual.slice(manual.indexOf('\n.Sh COMMANDS'), manual.indexOf('\n.Sh COLUMNS'))
  const headings = [...described.matchAll(/^\.Ss (\w+(?: , \w+)*)/gm)].map(([, names]) => names)
  assert.deepEqual(headings, [...COMMANDS.map(({ name, aliases = [] }) => [name, ...aliases].join(' , ')), 'help'])
})

test('the manual lists every column, in order', () => {
  const names = [...section('Sh', 'COLUMNS').matchAll(/^\.It Sy (\w+)$/gm)].map(([, name]) => name)
  assert.deepEqual(names, COLUMN_NAMES)
})

test('the manual lists every field of info', () => {
  const names = [...section('Ss', 'info').matchAll(/^\.It Sy ([\w ,]+)$/gm)].flatMap(([, words = '']) => words.split(' , '))
  assert.deepEqual(names.sort(), [...FIELD_NAMES].sort())
})

test('the manual lists every exit status', () => {
  const listed = [...section('Sh', 'EXIT STATUS').matchAll(/^\.It (\d+)$/gm)].map(([, status]) => Number(status))
  assert.deepEqual(listed, Object.values(EXIT))
})

test('the completion for bash is the one that the command prints; if not: make completions', () => {
  assert.equal(readFileSync('completions/lunatikctl.bash', 'utf8'), bashCompletion())
})

test('the first screen of help fits a terminal, and names every command', () => {
  const lines = rootHelp().trimEnd().split('\n')
  assert.ok(lines.length <= 23)
  for (const line of lines) assert.ok(line.length <= 80, line)
  for (const { name, summary } of COMMANDS) {
    assert.ok(lines.some((line) => line.match(`(^|  )${name} +${summary}($|  )`)), name)
  }
})

test('names of options mean the same in every command', () => {
  const all = [...GLOBAL_OPTIONS, ...COMMANDS.flatMap(({ options }) => options)]
  const seen = new Map<string, OptionSpec>()
  for (const option of all) {
    const long = /--[\w-]+/.exec(option.flags)?.[0] ?? option.flags
    const { flags, parse, choices, fallback, repeatable } = seen.get(long) ?? option
    assert.deepEqual({ flags, parse, choices, fallback, repeatable }, pick(option), long)
    seen.set(long, option)
  }
  const shorts = GLOBAL_OPTIONS.flatMap(({ flags }) => /^-\w/.exec(flags) ?? [])
  for (const { options } of COMMANDS) {
    for (const { flags } of options) assert.ok(!shorts.some((short) => flags.startsWith(short)), flags)
  }
})

function pick({ flags, parse, choices, fallback, repeatable }: OptionSpec) {
  return { flags, parse, choices, fallback, repeatable }
}

test('no two commands have a name in common', () => {
  const names = COMMANDS.flatMap(({ name, aliases = [] }) => [name, ...aliases])
  assert.equal(new Set(names).size, names.length)
})
