// SPDX-License-Identifier: MIT
// A hostile script of this folder: a file of Lua whose first comment says what it tries, and what it is to come to.
//
//	-- What it tries.
//	-- ends: ETIME | ECANCELED not enough memory
//	-- budget: 50 ms
//	-- maxalloc: 1M, 64M
//
// What a line of the comment can say:
//
// ends      each way it may end, as errno and words of the error's text, or `well`; there is no default
// budget    that it has; 50 ms where nothing is said
// maxalloc  of the states that it runs in, one after the other; 1M and 64M where nothing is said: in a small state a
//           chunk begins within its request, with more of the stack in use, and in a large one it does not
// by        what ends it, each by itself: its budget, an `abort`, the death of its `client`, or of its `namespace`
//           besides; the budget where nothing is said
// makes     `the chunk`: what it returns is the script to be run, for one that is too long to be written down
// keeps     `memory`: it may leave things in its state
//
// A line `-- then --` ends a chunk that is to prepare the state, and ends well.
//
// While one is written, LUNATIK_ATTACKS=PATTERN in the environment leaves out all that are called otherwise.

import { readFileSync, readdirSync } from 'node:fs'

export type Way = 'budget' | 'abort' | 'client' | 'namespace'

export interface End {
  /** errno's name; undefined: it ends well */
  readonly code: string | undefined
  readonly words: string
}

export interface Script {
  readonly name: string
  /** what its state is prepared by */
  readonly first: readonly string[]
  readonly code: string | Uint8Array
  readonly ends: readonly End[]
  /** seconds, on a machine that is not slow */
  readonly budget: number
  /** bytes */
  readonly maxallocs: readonly number[]
  readonly ways: readonly Way[]
  readonly makesChunk: boolean
  readonly keepsMemory: boolean
}

const WAYS: readonly string[] = ['budget', 'abort', 'client', 'namespace'] satisfies Way[]
const UNITS: Readonly<Record<string, number>> = { K: 1024, M: 1024 * 1024 }

const KEYS = ['ends', 'budget', 'maxalloc', 'by', 'makes', 'keeps']

function isWay(word: string): word is Way {
  return WAYS.includes(word)
}

function header(path: string, code: string): Map<string, string> {
  const said = new Map<string, string>()
  for (const line of code.split('\n')) {
    if (!line.startsWith('--')) break
    const [, key = '', value = ''] = /^-- ([a-z]+): (.*)$/.exec(line) ?? []
    if (!KEYS.includes(key)) continue
    if (said.has(key)) throw new Error(`${path} says twice what ${key} is`)
    said.set(key, value)
  }
  return said
}

function end(text: string): End {
  const [, word = '', words = ''] = /^(\S+) ?(.*)$/.exec(text) ?? []
  if (word !== 'well' && !/^E[A-Z]+$/.test(word)) throw new Error(`nothing ends as ${text}`)
  return { code: word === 'well' ? undefined : word, words }
}

function bytes(text: string): number {
  const [, number = '', unit = ''] = /^(\d+)([KM])$/.exec(text) ?? []
  if (number === '') throw new Error(`no amount of memory: ${text}`)
  return Number(number) * (UNITS[unit] ?? 1)
}

function seconds(text: string): number {
  const [, number = '', unit] = /^(\d+) (ms|s)$/.exec(text) ?? []
  if (number === '') throw new Error(`no time: ${text}`)
  return Number(number) / (unit === 'ms' ? 1000 : 1)
}

function ways(text: string): Way[] {
  return text.split(', ').map((word) => {
    if (!isWay(word)) throw new Error(`nothing ends by ${word}`)
    return word
  })
}

function parse(path: string, name: string): Script {
  const code = readFileSync(path, 'utf8')
  const said = header(path, code)
  const first = code.split('-- then --\n')
  const last = first.pop() ?? ''
  const ends = said.get('ends')
  if (ends === undefined) throw new Error(`${path} does not say how it ends`)
  return {
    name,
    first,
    code: last,
    ends: ends.split(' | ').map(end),
    budget: seconds(said.get('budget') ?? '50 ms'),
    maxallocs: (said.get('maxalloc') ?? '1M, 64M').split(', ').map(bytes),
    ways: ways(said.get('by') ?? 'budget'),
    makesChunk: said.get('makes') === 'the chunk',
    keepsMemory: said.get('keeps') === 'memory',
  }
}

/** The scripts of a folder, by name. */
export function scripts(kind: string): Script[] {
  const folder = `test/attacks/${kind}`
  const wanted = new RegExp(process.env['LUNATIK_ATTACKS'] ?? '')
  const names = readdirSync(folder).filter((name) => name.endsWith('.lua') && wanted.test(name)).sort()
  return names.map((name) => parse(`${folder}/${name}`, name.slice(0, -'.lua'.length)))
}
