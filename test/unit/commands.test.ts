// SPDX-License-Identifier: MIT
// What is written in several places says the same in all of them.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { bashCompletion } from '../../cli/completion/bash.ts'
import { fishCompletion } from '../../cli/completion/fish.ts'
import { zshCompletion } from '../../cli/completion/zsh.ts'
import { EXIT } from '../../cli/exit.ts'
import { rootHelp } from '../../cli/help.ts'
import { generated, pages } from '../../cli/manual.ts'
import { FILE_KEYS, SCRIPT_KEYS, STATE_KEYS } from '../../cli/manifest/read.ts'
import { ACTIVITY_NAMES, COLUMN_NAMES } from '../../cli/output/columns.ts'
import { FIELD_NAMES } from '../../cli/output/info.ts'
import { PAGE_COLUMN_NAMES } from '../../cli/output/page-columns.ts'
import { COMMANDS, EVERY_COMMAND, GLOBAL_OPTIONS, GROUPS, type OptionSpec } from '../../cli/tree.ts'

const manual = readFileSync('man/lunatikctl.8', 'utf8')

/** From a heading to the next of its kind. */
function section(page: string, macro: 'Sh' | 'Ss', heading: string): string {
  const start = page.search(new RegExp(`^\\.${macro} ${heading}( |$)`, 'm'))
  assert.ok(start >= 0, `the page has no '${heading}'`)
  const rest = page.slice(start + 1)
  const end = rest.search(/^\.S[hs] /m)
  return end < 0 ? rest : rest.slice(0, end)
}

/** `-o, --output <columns>` as the manual marks it up */
function itemOf(flags: string): string {
  const [long = '', short] = flags.replace(/ <.*>$/, '').split(', ').reverse()
  const marked = `Fl \\-${long.slice(2)}`
  return `.It ${short === undefined ? '' : `Fl ${short.slice(1)} , `}${marked}`
}

test('each command and each group has its page, and no page is of none', () => {
  const files = readdirSync('man').filter((file) => file.startsWith('lunatikctl-') && file.endsWith('.8'))
  assert.deepEqual(files.sort(), [...COMMANDS, ...GROUPS].map(({ name }) => `lunatikctl-${name}.8`).sort())
})

test('what the pages have of the command tree is what it says; if not: make man', () => {
  for (const { file, parts } of pages()) {
    const page = readFileSync(file, 'utf8')
    assert.ok(page === generated(page, parts), file)
  }
})

test('the manual describes every option of all commands, and no others', () => {
  const items = section(manual, 'Ss', 'Options of every command').split('\n').filter((line) => line.startsWith('.It Fl')).map((line) => line.replace(/ Ar .*$/, ''))
  assert.deepEqual(items.sort(), [...GLOBAL_OPTIONS.map(({ flags }) => flags), '-V, --version', '-h, --help'].map(itemOf).sort())
})

test('the manual of JSON documents has every command that prints some', () => {
  const documents = section(readFileSync('man/lunatikctl-json.5', 'utf8'), 'Sh', 'DOCUMENTS')
  const names = [...documents.matchAll(/^\.It Cm ([\w ,]+)$/gm)].flatMap(([, words = '']) => words.split(' , '))
  assert.deepEqual(names.sort(), EVERY_COMMAND.filter(({ silent }) => !silent).map(({ name }) => name).sort())
})

test('the page of the file has its keys', () => {
  const page = readFileSync('man/lunatikctl-file.5', 'utf8')
  const keys = ['The file', 'A state', 'A script'].map((heading) => [...section(page, 'Ss', heading).matchAll(/^\.It Sy ([$\w ,]+)$/gm)].flatMap(([, words = '']) => words.split(' , ')).sort())
  assert.deepEqual(keys, [FILE_KEYS, STATE_KEYS, SCRIPT_KEYS].map((each) => [...each].sort()))
})

test('the manual lists every column, in order', () => {
  const names = [...section(manual, 'Sh', 'COLUMNS').matchAll(/^\.It Sy (\w+)$/gm)].map(([, name]) => name)
  assert.deepEqual(names, COLUMN_NAMES)
})

test('the page of the group lists every column of a page, in order', () => {
  const names = [...section(readFileSync('man/lunatikctl-page.8', 'utf8'), 'Sh', 'COLUMNS').matchAll(/^\.It Sy (\w+)$/gm)].map(([, name]) => name)
  assert.deepEqual(names, PAGE_COLUMN_NAMES)
})

test('the commands of a group are called by its name', () => {
  for (const { name: group, commands } of GROUPS) {
    for (const { name } of commands) assert.match(name, new RegExp(`^${group} \\w+$`))
  }
})

test('the manual lists every field of info', () => {
  const names = [...section(readFileSync('man/lunatikctl-info.8', 'utf8'), 'Sh', 'DESCRIPTION').matchAll(/^\.It Sy ([\w ,]+)$/gm)].flatMap(([, words = '']) => words.split(' , '))
  assert.deepEqual(names.sort(), [...FIELD_NAMES].sort())
})

test('the manual lists every exit status', () => {
  const listed = [...section(manual, 'Sh', 'EXIT STATUS').matchAll(/^\.It (\d+)$/gm)].map(([, status]) => Number(status))
  assert.deepEqual(listed, Object.values(EXIT))
})

test('the completions are those that the command prints; if not: make completions', () => {
  const scripts = { 'lunatikctl.bash': bashCompletion(), _lunatikctl: zshCompletion(), 'lunatikctl.fish': fishCompletion() }
  for (const [file, script] of Object.entries(scripts)) assert.ok(readFileSync(`completions/${file}`, 'utf8') === script, file)
})

test('the first screen of help fits a terminal, and names every command', () => {
  const lines = rootHelp().trimEnd().split('\n')
  assert.ok(lines.length <= 23)
  for (const line of lines) assert.ok(line.length <= 80, line)
  for (const { name, summary } of [...COMMANDS, ...GROUPS]) {
    assert.ok(lines.some((line) => line.match(`(^|  )${name} +${summary}($|  )`)), name)
  }
})

test('names of options mean the same in every command', () => {
  const all = [...GLOBAL_OPTIONS, ...EVERY_COMMAND.flatMap(({ options }) => options)]
  const seen = new Map<string, OptionSpec>()
  for (const option of all) {
    const long = /--[\w-]+/.exec(option.flags)?.[0] ?? option.flags
    const { flags, parse, choices, fallback, repeatable } = seen.get(long) ?? option
    assert.deepEqual({ flags, parse, choices, fallback, repeatable }, pick(option), long)
    seen.set(long, option)
  }
  const shorts = GLOBAL_OPTIONS.flatMap(({ flags }) => /^-\w/.exec(flags) ?? [])
  for (const { options } of EVERY_COMMAND) {
    for (const { flags } of options) assert.ok(!shorts.some((short) => flags.startsWith(short)), flags)
  }
})

function pick({ flags, parse, choices, fallback, repeatable }: OptionSpec) {
  return { flags, parse, choices, fallback, repeatable }
}

test('what is offered to sort by is what there is to sort by', () => {
  for (const [name, columns] of [['list', COLUMN_NAMES], ['top', ACTIVITY_NAMES], ['page list', PAGE_COLUMN_NAMES]] as const) {
    const sort = EVERY_COMMAND.find((spec) => spec.name === name)?.options.find(({ flags }) => flags.startsWith('--sort'))
    assert.deepEqual(sort?.complete, columns, name)
  }
})

test('no two commands have a name in common', () => {
  const names = [...EVERY_COMMAND.flatMap(({ name, aliases = [] }) => [name, ...aliases]), ...GROUPS.map(({ name }) => name)]
  assert.equal(new Set(names).size, names.length)
})
