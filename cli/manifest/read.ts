// SPDX-License-Identifier: MIT
// From a file as it is written to what it says. All that is wrong in it is found, not only the first; the schema for
// editors, man/schema/apply.json, says the same, and a test holds the two against each other.

import { MODULE_LIMITS } from '../checker.ts'
import { nearest } from '../nearest.ts'
import { parseDuration, parseSize } from '../sizes.ts'
import type { Position, Source, Update, WantedNamespace, WantedScript, WantedState } from './manifest.ts'
import type { Entry, Node, Problem } from './node.ts'

const SCHEMA = 1
/** Of a namespace, unless its module was told otherwise; of a file, so that no alias makes millions. */
const MOST_STATES = 65_536

const NAME = /^[A-Za-z0-9_][A-Za-z0-9._:@-]{0,62}$/
const SHA256 = /^[0-9a-f]{64}$/
const UPDATES: readonly Update[] = ['rerun', 'recreate']

export const FILE_KEYS = ['$schema', 'schema', 'states', 'namespaces'] as const
export const NAMESPACE_KEYS = ['netns', 'states'] as const
export const STATE_KEYS = ['name', 'maxalloc', 'update', 'scripts'] as const
export const SCRIPT_KEYS = ['file', 'code', 'name', 'size', 'sha256', 'timeout'] as const

export type Read =
  | { readonly namespaces: readonly WantedNamespace[]; readonly problems: readonly [] }
  | { readonly namespaces: undefined; readonly problems: readonly Problem[] }

export function read(root: Node): Read {
  const reader = new Reader()
  const namespaces = reader.file(root)
  const { problems } = reader
  return problems.length > 0 || !namespaces ? { namespaces: undefined, problems } : { namespaces, problems: [] }
}

type Fields<Key extends string> = Partial<Record<Key, Entry>>

/** Each method gives back null where it has noted why. */
class Reader {
  readonly problems: Problem[] = []
  #states = 0

  file(root: Node): WantedNamespace[] | null {
    const fields = this.#fields(root, 'the file', FILE_KEYS)
    if (!fields) return null
    const { schema, states, namespaces } = fields
    if (schema && !(schema.value.kind === 'scalar' && schema.value.value === SCHEMA)) this.#refuse(schema.value.at, `this release knows schema ${SCHEMA} alone`)
    if (states && namespaces) return this.#refuse(namespaces.at, "either 'states' or 'namespaces'")
    if (states) return [{ netns: undefined, states: this.#statesOf(states), at: states.at }]
    if (!namespaces) return this.#refuse(root.at, "'states' is missing, or 'namespaces'")
    const list = this.#list(namespaces, (node) => this.#namespace(node))
    this.#each(list, ({ netns }) => netns ?? '', 'namespace')
    return list
  }

  #namespace(node: Node): WantedNamespace | null {
    const fields = this.#fields(node, 'a namespace', NAMESPACE_KEYS)
    if (!fields) return null
    const netns = this.#needed(fields, 'netns', node)
    const states = this.#needed(fields, 'states', node)
    const called = netns && this.#text(netns)
    return states && called !== null ? { netns: called, states: this.#statesOf(states), at: netns?.value.at ?? node.at } : null
  }

  #statesOf(entry: Entry): WantedState[] {
    const states = this.#list(entry, (node) => this.#state(node))
    this.#each(states, ({ name }) => name, 'state')
    return states
  }

  #state(node: Node): WantedState | null {
    const fields = this.#fields(node, 'a state', STATE_KEYS)
    if (!fields) return null
    if (++this.#states > MOST_STATES) return this.#refuse(node.at, `a file has ${MOST_STATES} states at most`)
    const { maxalloc, update, scripts } = fields
    const entry = this.#needed(fields, 'name', node)
    const name = entry && this.#name(entry)
    const limit = maxalloc && this.#maxalloc(maxalloc)
    const way = update && this.#oneOf(update, UPDATES)
    const wanted = scripts ? this.#list(scripts, (script, index) => this.#script(script, index)) : []
    return name === null ? null : { name, maxalloc: limit ?? undefined, update: way ?? 'rerun', scripts: wanted, at: entry?.value.at ?? node.at }
  }

  #name(entry: Entry): string | null {
    const name = this.#text(entry)
    if (name === null || NAME.test(name)) return name
    return this.#refuse(entry.value.at, 'a name is 1 to 63 of A-Z a-z 0-9 . _ - : @, the first a letter, a digit or _')
  }

  #maxalloc(entry: Entry): number | null {
    const bytes = this.#measure(entry, parseSize)
    if (bytes === null) return null
    if (bytes < MODULE_LIMITS.maxallocMin) return this.#refuse(entry.value.at, 'maxalloc is less than 64 KiB')
    if (bytes > MODULE_LIMITS.maxallocMax) return this.#refuse(entry.value.at, 'maxalloc is more than 256 MiB')
    return bytes
  }

  #script(node: Node, index: number): WantedScript | null {
    const { at } = node
    const none = { size: undefined, sha256: undefined, timeout: undefined, at }
    if (node.kind === 'scalar') {
      const name = this.#path(node)
      return name === null ? null : { ...none, name, source: { kind: 'file' } }
    }
    const fields = this.#fields(node, 'a script', SCRIPT_KEYS)
    if (!fields) return null
    const size = fields.size && this.#count(fields.size)
    const sha256 = fields.sha256 && this.#digest(fields.sha256)
    const timeout = fields.timeout && this.#measure(fields.timeout, parseDuration)
    const named = this.#source(fields, index, at)
    return named && { ...none, ...named, size: size ?? undefined, sha256: sha256 ?? undefined, timeout: timeout ?? undefined }
  }

  /** Where the text is decides what the script is called. */
  #source(fields: Fields<(typeof SCRIPT_KEYS)[number]>, index: number, at: Position): { name: string; source: Source } | null {
    const { file, code, name } = fields
    if (file && code) return this.#refuse(code.at, "either 'file' or 'code'")
    if (file && name) return this.#refuse(name.at, "a file is called what 'file' says")
    if (file) {
      const path = this.#path(file.value)
      return path === null ? null : { name: path, source: { kind: 'file' } }
    }
    const called = name ? this.#text(name) : `script-${index + 1}`
    if (called === null) return null
    if (called.includes('\0')) return this.#refuse(name?.value.at ?? at, 'a name has no NUL character')
    if (Buffer.byteLength(called) > MODULE_LIMITS.chunkNameMax - 1) return this.#refuse(name?.value.at ?? at, `a name is ${MODULE_LIMITS.chunkNameMax - 1} bytes at most`)
    if (code) {
      const text = this.#text(code)
      return text === null ? null : { name: called, source: { kind: 'code', code: text } }
    }
    if (name && fields.size && fields.sha256) return { name: called, source: { kind: 'digest' } }
    return this.#refuse(at, "'file' or 'code' is missing; or, to recognise what a state last ran, 'name', 'size' and 'sha256'")
  }

  #path(node: Node): string | null {
    if (node.kind !== 'scalar' || typeof node.value !== 'string' || node.value === '') return this.#refuse(node.at, 'a script is the path of a file, or a table')
    return node.value.includes('\0') ? this.#refuse(node.at, 'a path has no NUL character') : node.value
  }

  #digest(entry: Entry): string | null {
    const digest = this.#text(entry)
    if (digest === null || SHA256.test(digest)) return digest
    return this.#refuse(entry.value.at, 'a SHA-256 is 64 of 0-9 a-f')
  }

  // --- what everything is made of ---

  #refuse(at: Position, message: string): null {
    this.problems.push({ at, message })
    return null
  }

  #fields<Key extends string>(node: Node, what: string, keys: readonly Key[]): Fields<Key> | null {
    if (node.kind !== 'table') return this.#refuse(node.at, `${what} is a table with ${listed(keys)}`)
    const fields: Fields<Key> = {}
    for (const entry of node.entries) {
      const key = keys.find((each) => each === entry.key)
      if (key === undefined) this.#refuse(entry.at, `unknown key '${entry.key}': ${advice(entry.key, keys)}`)
      else fields[key] = entry
    }
    return fields
  }

  #needed<Key extends string>(fields: Fields<Key>, key: Key, node: Node): Entry | null {
    return fields[key] ?? this.#refuse(node.at, `'${key}' is missing`)
  }

  #list<Item>({ key, value }: Entry, convert: (node: Node, index: number) => Item | null): Item[] {
    if (value.kind === 'list') return value.items.flatMap((node, index) => convert(node, index) ?? [])
    this.#refuse(value.at, `'${key}' is a list`)
    return []
  }

  /** Each of them once. */
  #each<Item extends { readonly at: Position }>(items: readonly Item[], keyOf: (item: Item) => string, what: string): void {
    const first = new Map<string, Position>()
    for (const item of items) {
      const key = keyOf(item)
      const before = first.get(key)
      if (before) this.#refuse(item.at, `${what} '${key}' stands in line ${before.line} already`)
      else first.set(key, item.at)
    }
  }

  #text({ key, value: node }: Entry): string | null {
    if (node.kind !== 'scalar') return this.#refuse(node.at, `'${key}' is text`)
    const { value } = node
    if (typeof value === 'number' || typeof value === 'boolean') return this.#refuse(node.at, `'${key}' is text: put it in quotes`)
    if (typeof value === 'string' && (value !== '' || key === 'code')) return value
    return this.#refuse(node.at, `'${key}' is empty`)
  }

  #oneOf<Word extends string>(entry: Entry, words: readonly Word[]): Word | null {
    const text = this.#text(entry)
    if (text === null) return null
    return words.find((word) => word === text) ?? this.#refuse(entry.value.at, `'${entry.key}' is ${words.join(' or ')}`)
  }

  #count({ key, value: node }: Entry): number | null {
    if (node.kind === 'scalar' && Number.isSafeInteger(node.value) && Number(node.value) >= 0) return Number(node.value)
    return this.#refuse(node.at, `'${key}' is a whole number`)
  }

  /** A number, or a text with a unit. */
  #measure({ key, value: node }: Entry, parse: (text: string) => number): number | null {
    if (node.kind !== 'scalar' || (typeof node.value !== 'string' && typeof node.value !== 'number')) return this.#refuse(node.at, `'${key}' is a number, or text with a unit`)
    try {
      return parse(String(node.value))
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      return this.#refuse(node.at, `'${key}': ${asClause(error.message)}`)
    }
  }
}

/** A sentence, to stand behind a colon. */
function asClause(sentence: string): string {
  return `${sentence.charAt(0).toLowerCase()}${sentence.slice(1).replace(/\.$/, '')}`
}

function advice(key: string, keys: readonly string[]): string {
  const [near] = nearest(key, keys)
  return near === undefined ? `there are ${listed(keys)}` : `did you mean ${near}?`
}

function listed(keys: readonly string[]): string {
  return keys.filter((key) => !key.startsWith('$')).join(', ')
}
