// SPDX-License-Identifier: MIT
// YAML, of which JSON is a part: the one file that knows the package, bundled as a file of its own that only `apply`,
// `diff` and `export` load.

import {
  Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  Scalar,
  visit,
  type Node as YamlNode,
  type YAMLMap,
} from 'yaml'
import { visible, visibleInQuotes } from '../escape.ts'
import type { Position } from './manifest.ts'
import type { Entry, Node, Problem } from './node.ts'

/** Nodes of a file, what aliases stand for counted each time: a file of a mebibyte has fewer by itself. */
const MOST_NODES = 1 << 20
/** What the package calls the end of its stack. */
const TOO_DEEP = 'RESOURCE_EXHAUSTION'

export type Parsed = { readonly root: Node; readonly problems: readonly [] } | { readonly root: undefined; readonly problems: readonly Problem[] }

/** What a text says, or all that is wrong with it as YAML. */
export function parse(text: string): Parsed {
  const lines = new LineCounter()
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, stringKeys: true })
  const [first, second] = [...documents]
  const found = [...documents].flatMap(({ errors, warnings }) => [...errors, ...warnings])
  // Where the package had to give up, what it says besides is of its giving up.
  const told = found.find(({ code }) => code === TOO_DEEP)
  const problems = (told ? [told] : found).map(({ code, message, pos }) => ({ at: position(pos[0]), message: inWords(code, message) }))
  if (second) problems.push({ at: position(second.range[0]), message: 'a second document begins: a file has one' })
  if (problems.length > 0) return { root: undefined, problems }
  if (!first?.contents) return { root: undefined, problems: [{ at: { line: 1, column: 1 }, message: 'there is nothing in it' }] }
  return new Converter(position).convert(first.contents)
}

function inWords(code: string, message: string): string {
  if (code === 'DUPLICATE_KEY') return 'the key stands here twice'
  if (code === TOO_DEEP) return 'lists or tables are too deep in one another'
  return message.replaceAll('\n', ' ')
}

/** Why conversion stops. */
class Unfit extends Error {
  constructor(
    message: string,
    readonly at: Position,
  ) {
    super(message)
  }
}

class Converter {
  readonly #anchors = new Map<string, YamlNode>()
  /** what the node at hand is in, itself included */
  readonly #open = new Set<YamlNode>()
  #nodes = 0
  #expanding = 0

  constructor(private readonly position: (offset: number) => Position) {}

  convert(root: YamlNode): Parsed {
    try {
      return { root: this.#node(root), problems: [] }
    } catch (error) {
      if (!(error instanceof Unfit)) throw error
      return { root: undefined, problems: [{ at: error.at, message: error.message }] }
    }
  }

  #node(node: YamlNode): Node {
    const at = this.#at(node)
    if (++this.#nodes > MOST_NODES) throw new Unfit('aliases make too much of the file', at)
    if (isAlias(node)) return this.#aliased(node.source, at)
    // Text may be anchored again later: what is being expanded is of before.
    if (node.anchor !== undefined && this.#expanding === 0) this.#anchors.set(node.anchor, node)
    this.#open.add(node)
    try {
      if (isMap(node)) return { kind: 'table', entries: node.items.map((pair) => this.#entry(pair, at)), at }
      if (isSeq(node)) return { kind: 'list', items: node.items.map((item) => this.#item(item, at)), at }
      return { kind: 'scalar', value: this.#value(node, at), at }
    } finally {
      this.#open.delete(node)
    }
  }

  #aliased(name: string, at: Position): Node {
    const node = this.#anchors.get(name)
    if (!node) throw new Unfit(`nothing before it is anchored as '${name}'`, at)
    if (this.#open.has(node)) throw new Unfit(`'${name}' is part of itself`, at)
    this.#expanding++
    try {
      return this.#node(node)
    } finally {
      this.#expanding--
    }
  }

  #entry({ key, value }: YAMLMap['items'][number], table: Position): Entry {
    if (!isScalar(key) || typeof key.value !== 'string') throw new Unfit('a key is text', table)
    const at = this.#at(key)
    return { key: key.value, at, value: this.#item(value, at) }
  }

  // What is left out after a colon or a dash is null.
  #item(item: unknown, around: Position): Node {
    return item === null ? { kind: 'scalar', value: null, at: around } : this.#node(item as YamlNode)
  }

  #value(node: YamlNode, at: Position): string | number | boolean | null {
    const { value } = node as Scalar
    if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
    throw new Unfit('a value is text, a number, true, false or null', at)
  }

  #at(node: YamlNode): Position {
    return this.position(node.range?.[0] ?? 0)
  }
}

/** A value as YAML, for people to read, and nothing in it that a terminal would obey. */
export function yamlOf(value: unknown): string {
  const made = new Document(value)
  visit(made, {
    Scalar: (_, scalar) => {
      // Only there can it be escaped.
      if (typeof scalar.value === 'string' && visible(scalar.value) !== scalar.value) scalar.type = Scalar.QUOTE_DOUBLE
    },
  })
  return visibleInQuotes(made.toString({ lineWidth: 0 }))
}
