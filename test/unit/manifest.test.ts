// SPDX-License-Identifier: MIT
// Files for `apply`: what is wrong in them and where, and what follows from one that is right. Reading and planning touch
// nothing, and are tested without a kernel.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StateInfo } from '../../cli/client.ts'
import { visibleLines } from '../../cli/escape.ts'
import type { WantedNamespace } from '../../cli/manifest/manifest.ts'
import { chainOf, markOf, NO_SCRIPTS, stepOf } from '../../cli/manifest/mark.ts'
import { plan, type Change } from '../../cli/manifest/plan.ts'
import { FILE_KEYS, NAMESPACE_KEYS, read, SCRIPT_KEYS, STATE_KEYS } from '../../cli/manifest/read.ts'
import type { LoadedScript, LoadedState } from '../../cli/manifest/scripts.ts'
import { parse, yamlOf } from '../../cli/manifest/yaml.ts'
import { changeLine } from '../../cli/output/changes.ts'
import { problemsWith, schemaOf } from '../schemas.ts'

/** What is wrong, as `LINE:COLUMN: MESSAGE`. */
function wrong(text: string): string[] {
  const parsed = parse(text)
  const problems = parsed.root ? read(parsed.root).problems : parsed.problems
  return problems.map(({ at, message }) => `${at.line}:${at.column}: ${message}`)
}

function right(text: string): readonly WantedNamespace[] {
  const { root } = parse(text)
  assert.ok(root, wrong(text).join('\n'))
  const { namespaces } = read(root)
  assert.ok(namespaces, wrong(text).join('\n'))
  return namespaces
}

// --- reading ---

test('a file says states, limits and scripts, in YAML and in JSON', () => {
  const yaml = `
schema: 1
states:
  - name: web
    maxalloc: 4M
    scripts:
      - setup.lua
      - {file: rules.lua, timeout: 300ms}
      - code: |
          x = 1
  - {name: "8080", maxalloc: 65536, update: recreate}
`
  const json = JSON.stringify({
    schema: 1,
    states: [
      { name: 'web', maxalloc: '4M', scripts: ['setup.lua', { file: 'rules.lua', timeout: 0.3 }, { code: 'x = 1\n' }] },
      { name: '8080', maxalloc: 65536, update: 'recreate' },
    ],
  }, null, '\t')
  const withoutPlaces = (text: string) => JSON.parse(JSON.stringify(right(text), (key, value: unknown) => (key === 'at' ? undefined : value))) as unknown
  assert.deepEqual(withoutPlaces(yaml), withoutPlaces(json))
  const [{ netns, states } = { netns: '', states: [] }] = right(yaml)
  assert.equal(netns, undefined)
  assert.deepEqual(states.map(({ name, maxalloc, update, at }) => ({ name, maxalloc, update, at })), [
    { name: 'web', maxalloc: 4 << 20, update: 'rerun', at: { line: 4, column: 11 } },
    { name: '8080', maxalloc: 65536, update: 'recreate', at: { line: 11, column: 12 } },
  ])
  assert.deepEqual(states[0]?.scripts.map(({ name, source, timeout }) => ({ name, source, timeout })), [
    { name: 'setup.lua', source: { kind: 'file' }, timeout: undefined },
    { name: 'rules.lua', source: { kind: 'file' }, timeout: 0.3 },
    { name: 'script-3', source: { kind: 'code', code: 'x = 1\n' }, timeout: undefined },
  ])
})

test('a file names several namespaces, and aliases stand for what they are anchored to', () => {
  const [blue, green] = right('namespaces:\n- netns: blue\n  states: &all\n  - name: web\n- {netns: green, states: *all}\n')
  assert.deepEqual([blue?.netns, green?.netns], ['blue', 'green'])
  assert.deepEqual(blue?.states, green?.states)
})

const SHA = 'ab'.repeat(32)

/** A file, and what is wrong with it; `open` where the schema for editors cannot say so. */
const WRONG: readonly (readonly [text: string, problems: readonly string[], open?: 'open'])[] = [
  ['', ['1:1: there is nothing in it'], 'open'],
  ['states:\n', ["1:8: 'states' is a list"]],
  ['- a', ['1:1: the file is a table with schema, states, namespaces']],
  ['{}', ["1:1: 'states' is missing, or 'namespaces'"]],
  ['schema: 2\nstates: []', ['1:9: this release knows schema 1 alone']],
  ['states: []\nnamespaces: []', ["2:1: either 'states' or 'namespaces'"]],
  ['states:\n- name: web\n  maxaloc: 4M', ["3:3: unknown key 'maxaloc': did you mean maxalloc?"]],
  ['states:\n- name: web\n  colour: red', ["3:3: unknown key 'colour': there are name, maxalloc, update, scripts"]],
  ['states:\n- maxalloc: 4M', ["2:3: 'name' is missing"]],
  ['states:\n- web', ['2:3: a state is a table with name, maxalloc, update, scripts']],
  ['states:\n- name: 8080', ["2:9: 'name' is text: put it in quotes"]],
  ['states:\n- name: a/b', ['2:9: a name is 1 to 63 of A-Z a-z 0-9 . _ - : @, the first a letter, a digit or _']],
  ['states:\n- name:', ["2:8: 'name' is empty"]],
  ['states:\n- name: web\n  maxalloc: 4MB', ["3:13: 'maxalloc': a size is a number of bytes, with K, M or G for powers of 1024: 65536, 64K, 1M"]],
  ['states:\n- name: web\n  maxalloc: 63K', ['3:13: maxalloc is less than 64 KiB'], 'open'],
  ['states:\n- name: web\n  maxalloc: 1000', ['3:13: maxalloc is less than 64 KiB']],
  ['states:\n- name: web\n  maxalloc: 1G', ['3:13: maxalloc is more than 256 MiB'], 'open'],
  ['states:\n- name: web\n  maxalloc: [4M]', ["3:13: 'maxalloc' is a number, or text with a unit"]],
  ['states:\n- name: web\n  maxalloc: -1', ["3:13: 'maxalloc': a size is a number of bytes, with K, M or G for powers of 1024: 65536, 64K, 1M"]],
  ['states:\n- name: web\n  update: never', ["3:11: 'update' is rerun or recreate"]],
  ['states:\n- name: web\n  name: mail', ['3:3: the key stands here twice'], 'open'],
  ['states:\n- name: web\n- name: mail\n- name: web', ["4:9: state 'web' stands in line 2 already"], 'open'],
  ['namespaces:\n- {netns: a, states: []}\n- {netns: a, states: []}', ["3:11: namespace 'a' stands in line 2 already"], 'open'],
  ['namespaces:\n- netns: 12\n  states: []', ["2:10: 'netns' is text: put it in quotes"]],
  ['namespaces:\n- netns: blue', ["2:3: 'states' is missing"]],
  ['states:\n- name: web\n  scripts: setup.lua', ["3:12: 'scripts' is a list"]],
  ['states:\n- name: web\n  scripts: [1]', ['3:13: a script is the path of a file, or a table']],
  ['states:\n- name: web\n  scripts: [""]', ['3:13: a script is the path of a file, or a table']],
  ['states:\n- name: web\n  scripts:\n  - {file: a, code: b}', ["4:15: either 'file' or 'code'"]],
  ['states:\n- name: web\n  scripts:\n  - {file: a, name: b}', ["4:15: a file is called what 'file' says"]],
  ['states:\n- name: web\n  scripts:\n  - {name: a}', ["4:5: 'file' or 'code' is missing; or, to recognise what a state last ran, 'name', 'size' and 'sha256'"]],
  ['states:\n- name: web\n  scripts:\n  - {name: "a\\0b", code: b}', ['4:12: a name has no NUL character']],
  [`states:\n- name: web\n  scripts:\n  - {name: ${'é'.repeat(128)}, code: b}`, ['4:12: a name is 254 bytes at most'], 'open'],
  [`states:\n- name: web\n  scripts:\n  - {file: a, sha256: ${SHA.toUpperCase()}}`, ['4:23: a SHA-256 is 64 of 0-9 a-f']],
  ['states:\n- name: web\n  scripts:\n  - {file: a, size: -1}', ["4:21: 'size' is a whole number"]],
  ['states:\n- name: web\n  scripts:\n  - {file: a, timeout: soon}', ["4:24: 'timeout': a duration is a number with a unit: 300ms, 2s, 5m"]],
  ['states: &a\n- *a', ["2:3: 'a' is part of itself"], 'open'],
  ['states:\n- *nobody', ["2:3: nothing before it is anchored as 'nobody'"], 'open'],
  ['states: []\n---\nstates: []', ['2:1: a second document begins: a file has one'], 'open'],
  ['states:\n- name: !!binary aGk=', ['2:18: a value is text, a number, true, false or null'], 'open'],
  ['states:\n- name: !lua web', ['2:9: Unresolved tag: !lua'], 'open'],
  ['states:\n  - name: web\n maxalloc: 1M', ['3:1: All mapping items must start at the same column'], 'open'],
  ['states: [{name: web, maxaloc: 1M}, {nam: mail}]', ["1:22: unknown key 'maxaloc': did you mean maxalloc?", "1:37: unknown key 'nam': did you mean name?", "1:36: 'name' is missing"]],
]

for (const [text, problems, open] of WRONG) {
  test(`refused, and the place is told: ${JSON.stringify(text)}`, () => {
    assert.deepEqual(wrong(text), problems)
    if (open) return
    const { root } = parse(text)
    assert.ok(root)
    assert.notEqual(problemsWith('file', plainly(root)), '', 'the schema for editors lets it through')
  })
}

/** What a parser that knows nothing of places would give. */
function plainly(node: NonNullable<ReturnType<typeof parse>['root']>): unknown {
  if (node.kind === 'scalar') return node.value
  if (node.kind === 'list') return node.items.map(plainly)
  return Object.fromEntries(node.entries.map(({ key, value }) => [key, plainly(value)]))
}

test('aliases that would make millions are refused, at once', () => {
  const levels = Array.from({ length: 12 }, (_, level) => `l${level + 1}: &l${level + 1} [${Array(10).fill(`*l${level}`).join(', ')}]`)
  const began = Date.now()
  assert.match(wrong(`l0: &l0 [x]\n${levels.join('\n')}`)[0] ?? '', /aliases make too much of the file$/)
  assert.ok(Date.now() - began < 5000)
})

for (const [text, many] of [['[', 'lists'], ['{"a":', 'tables']] as const) {
  test(`${many} beyond the stack in one another are refused as any other text`, () => {
    const [problem, ...others] = wrong(text.repeat(50_000))
    assert.match(problem ?? '', /^1:\d+: lists or tables are too deep in one another$/)
    assert.deepEqual(others, [])
  })
}

test('an alias is what was anchored last before it', () => {
  const [{ states } = { states: [] }] = right('states:\n- {name: &n a, scripts: [{code: *n}]}\n- {name: &n b, scripts: [{code: *n}]}')
  assert.deepEqual(states.map(({ scripts }) => scripts[0]?.source), [{ kind: 'code', code: 'a' }, { kind: 'code', code: 'b' }])
})

test('the schema for editors has the keys that the reader knows', () => {
  const schema = schemaOf('file') as unknown as {
    properties: { namespaces: { items: { properties: object } } }
    $defs: { states: { items: { properties: object } }; script: { properties: object } }
  }
  assert.deepEqual(Object.keys(schema.properties), FILE_KEYS)
  assert.deepEqual(Object.keys(schema.properties.namespaces.items.properties), NAMESPACE_KEYS)
  assert.deepEqual(Object.keys(schema.$defs.states.items.properties), STATE_KEYS)
  assert.deepEqual(Object.keys(schema.$defs.script.properties), SCRIPT_KEYS)
})

test('what is exported is a file, whatever names look like', () => {
  const states = ['8080', 'true', 'null', '1e3', '0x1f', 'a:b', '_', 'n'].map((name) => ({ name, maxalloc: 65536, scripts: [{ name: '(command line)', size: 1, sha256: SHA }] }))
  const [{ states: again } = { states: [] }] = right(yamlOf({ schema: 1, states }))
  assert.deepEqual(again.map(({ name }) => name), states.map(({ name }) => name))
})

test('what is exported has nothing that a terminal obeys, and is read as it was', () => {
  for (const name of ['\u007f', 'a\u009b2J', 'gpj.\u202eb', 'a\u001b[31m', '\u2066 "\\\\" \n\t', `${'long '.repeat(20)}\n\u009b\n`]) {
    const text = yamlOf({ schema: 1, states: [{ name: 'web', scripts: [{ name, size: 1, sha256: SHA }] }] })
    assert.equal(visibleLines(text), text)
    assert.equal(right(text)[0]?.states[0]?.scripts[0]?.name, name)
  }
})

// --- marks ---

test('a mark says which scripts a state has run, at which generation, and no other step is one', () => {
  const chain = chainOf(NO_SCRIPTS, { name: 'a', size: 1, sha256: SHA })
  const step = stepOf({ chain, generation: 7 })
  assert.ok(step.length <= 64)
  const mark = markOf({ step })
  assert.deepEqual([mark?.generation, mark?.chain.equals(chain)], [7, true])
  for (const other of [null, new Uint8Array(), Buffer.from('apply:'), Buffer.alloc(step.length)]) assert.equal(markOf({ step: other }), undefined)
  assert.notDeepEqual(chainOf(NO_SCRIPTS, { name: 'a1', size: 2, sha256: SHA }), chainOf(NO_SCRIPTS, { name: 'a', size: 12, sha256: SHA }))
})

// --- planning ---

const BARE: StateInfo = {
  name: 'web', context: 'process', users: 1, pins: 0, inuse: null, maxalloc: 1 << 20, curralloc: 1, peak: 1, script: null, generation: 1,
  step: null, age: 1, runs: 0, errors: 0, aborts: 0, runTime: 0, queued: 0, refused: 0,
}

const PLACE = { line: 1, column: 1 }

function script(name: string, text = name): LoadedScript {
  return { name, size: text.length, sha256: Buffer.from(text.padEnd(32)).toString('hex'), chunk: { name: `@${name}`, code: Buffer.from(text) }, timeout: undefined, at: PLACE }
}

function wanted(...scripts: readonly LoadedScript[]): LoadedState {
  return { name: 'web', maxalloc: undefined, update: 'rerun', scripts, at: PLACE }
}

function changes(states: readonly LoadedState[], present: readonly StateInfo[], prune = false): string[] {
  const { phases, problems } = plan({ netns: undefined, states, at: PLACE }, present, prune)
  assert.deepEqual(problems, [])
  return phases.flat().map((change: Change) => changeLine(change, { isTerminal: false }).trimEnd())
}

/** As `apply` leaves it. */
function applied(...scripts: readonly LoadedScript[]): StateInfo {
  const chain = scripts.reduce(chainOf, NO_SCRIPTS)
  const last = scripts.at(-1)
  return { ...BARE, generation: 5, step: stepOf({ chain, generation: 5 }), script: last ? { name: last.name, size: last.size, sha256: last.sha256 } : null }
}

const [a, b, c] = [script('a.lua'), script('b.lua'), script('c.lua')]

test('a state that is missing is made, with its limit, before any script runs', () => {
  const mail = { ...wanted(c), name: 'mail', maxalloc: 65536 }
  assert.deepEqual(changes([wanted(a, b), mail], []), [
    '+ web new', '+ mail new maxalloc=65536', '~ web run a.lua size=5', '~ web run b.lua size=5', '~ mail run c.lua size=5',
  ])
})

test('nothing is to be done twice, and what others asked the state since changes nothing', () => {
  assert.deepEqual(changes([wanted(a, b)], [applied(a, b)]), [])
  const asked = { ...applied(a, b), generation: 9, script: { name: '(command line)', size: 1, sha256: SHA } }
  assert.deepEqual(changes([wanted(a, b)], [asked]), [])
  assert.deepEqual(plan({ netns: undefined, states: [wanted(a, b)], at: PLACE }, [asked], false).moved, ['web'])
  assert.deepEqual(changes([{ ...wanted(), maxalloc: 1 << 20 }], [BARE]), [])
})

test('a limit alone is set alone; one that the file leaves open stays', () => {
  assert.deepEqual(changes([{ ...wanted(a), maxalloc: 2 << 20 }], [applied(a)]), ['~ web set maxalloc=2097152 was=1048576'])
  assert.deepEqual(changes([wanted(a)], [{ ...applied(a), maxalloc: 65536 }]), [])
})

test('scripts that are added behind the others, or that an interrupted apply did not come to, run alone', () => {
  assert.deepEqual(changes([wanted(a, b, c)], [applied(a)]), ['~ web run b.lua size=5', '~ web run c.lua size=5'])
})

test('where a script has changed, or their order, all run again', () => {
  const again = ['~ web run-again a.lua size=3', '~ web run-again b.lua size=5']
  assert.deepEqual(changes([wanted(script('a.lua', 'new'), b)], [applied(a, b)]), again)
  assert.deepEqual(changes([wanted(b, a)], [applied(a, b)]), ['~ web run-again b.lua size=5', '~ web run-again a.lua size=5'])
  assert.deepEqual(changes([wanted(a)], [applied(a, b)]), ['~ web run-again a.lua size=5'])
})

test('with update: recreate the state is made anew instead, with the limit that it had', () => {
  const state: LoadedState = { ...wanted(script('a.lua', 'new')), update: 'recreate' }
  assert.deepEqual(changes([state], [{ ...applied(a), maxalloc: 65536 }]), ['- web close-to-recreate', '+ web new maxalloc=65536', '~ web run a.lua size=3'])
  assert.deepEqual(changes([{ ...state, scripts: [a] }], [applied(a)]), [])
  assert.deepEqual(changes([state], []), ['+ web new', '~ web run a.lua size=3'])
})

test('a state that was never applied is known by its last script', () => {
  const ran = (last: LoadedScript): StateInfo => ({ ...applied(last), step: null })
  assert.deepEqual(changes([wanted(a, b)], [ran(b)]), [])
  assert.deepEqual(changes([wanted(a, b)], [ran(a)]), ['~ web run b.lua size=5'])
  assert.deepEqual(changes([wanted(a, b)], [ran(c)]), ['~ web run-again a.lua size=5', '~ web run-again b.lua size=5'])
  assert.deepEqual(changes([wanted(a)], [BARE]), ['~ web run a.lua size=5'])
})

test('a script without a text is recognised, and refused where it would have to run', () => {
  const known: LoadedScript = { ...b, chunk: undefined, at: { line: 9, column: 3 } }
  assert.deepEqual(changes([wanted(known)], [applied(a, b)]), [])
  const { problems } = plan({ netns: undefined, states: [wanted(known)], at: PLACE }, [applied(a)], false)
  assert.deepEqual(problems, [{ at: { line: 9, column: 3 }, message: 'web has not last run b.lua, of which the file has no text' }])
})

test('states that the file does not name are left alone, and closed last with --prune', () => {
  const old = { ...BARE, name: 'old' }
  assert.deepEqual(changes([wanted(a)], [old]), ['+ web new', '~ web run a.lua size=5'])
  assert.deepEqual(changes([wanted(a)], [old], true), ['+ web new', '~ web run a.lua size=5', '- old close'])
})
