// SPDX-License-Identifier: MIT
// Command lines in a text, as a shell would split them: words, quotes, comments, lines that go on. Nothing is expanded.

import { LINE_MAX } from './input.ts'

/** What a text lacks to be a command: the end of a quote, or the line that a backslash at its end speaks of. */
type Lack = "'" | '"' | 'line'

/** The words of a command, none for an empty one. */
export type Split = { readonly words: readonly string[] } | { readonly lacks: Lack }

/** Blanks, the rest of a line, or a piece of a word. */
const PIECE = /[ \t\r\n]+|#[^\n]*|'([^']*)'|"((?:[^"\\]|\\[^])*)"|\\([^])|[^ \t\r\n'"\\]+/y

/**
 * Words are split at blanks. Between single quotes all is as it is; outside of quotes a backslash takes the meaning from
 * what follows, and a newline away with it, between double ones from itself, a quote and a newline alone. `#` begins a
 * comment where a word would.
 */
export function splitWords(text: string): Split {
  const words: string[] = []
  let word: string | undefined
  for (let at = 0; at < text.length; at = PIECE.lastIndex) {
    PIECE.lastIndex = at
    // Within a word it is a character like others.
    if (word !== undefined && text[at] === '#') {
      word += '#'
      PIECE.lastIndex = at + 1
      continue
    }
    const piece = PIECE.exec(text)
    if (!piece) return { lacks: text[at] === "'" ? "'" : '"' }
    const [whole, single, double, escaped] = piece
    if (/^[ \t\r\n#]/.test(whole)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else if (escaped === '\n') {
      if (PIECE.lastIndex === text.length) return { lacks: 'line' }
    } else {
      word = (word ?? '') + (single ?? escaped ?? (double === undefined ? whole : unescaped(double)))
    }
  }
  if (word !== undefined) words.push(word)
  return { words }
}

function unescaped(quoted: string): string {
  return quoted.replace(/\\([\\"\n])/g, (_, character: string) => (character === '\n' ? '' : character))
}

export interface BatchCommand {
  /** on which it begins, from 1 */
  readonly line: number
  readonly words: readonly string[]
}

/** A text that is no command: where it begins, and what is wrong. */
export class UnfinishedCommand extends Error {
  constructor(
    readonly line: number,
    message: string,
  ) {
    super(message)
  }
}

/**
 * The commands in lines, as they come.
 * @throws {UnfinishedCommand} after the last one
 */
export async function* commandsIn(lines: AsyncIterable<string>): AsyncGenerator<BatchCommand, void> {
  let pending = ''
  let lacks: Lack = 'line'
  let begun = 1
  let line = 0
  for await (const next of lines) {
    line++
    if (pending === '') begun = line
    // Otherwise a long text would be read from its beginning again with each of its lines.
    const goesOn: boolean = pending !== '' && lacks !== 'line' && !next.includes(lacks)
    const split: Split = goesOn ? { lacks } : splitWords(`${pending}${next}\n`)
    if ('words' in split) {
      pending = ''
      if (split.words.length > 0) yield { line: begun, words: split.words }
    } else {
      pending += `${next}\n`
      lacks = split.lacks
      if (pending.length > LINE_MAX) throw new UnfinishedCommand(begun, 'the command is longer than four mebibytes')
    }
  }
  if (pending !== '') throw new UnfinishedCommand(begun, lacks === 'line' ? 'the line that should follow is missing' : 'a quote is not closed')
}
