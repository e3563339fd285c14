// SPDX-License-Identifier: MIT
// What the command tree is made of.

import type { Context } from '../context.ts'
import type { ExitStatus } from '../exit.ts'
import type { Options } from '../options.ts'

/** What the shell can complete: words, words with commas between, or something that it looks up. */
export type Completion = 'file' | 'netns' | 'state' | 'page' | readonly string[] | { readonly list: readonly string[] }

export interface OptionSpec {
  /** in commander's notation; a comment in options.ts says what the value is */
  readonly flags: string
  readonly description: string
  readonly complete?: Completion
  readonly choices?: readonly string[]
  readonly fallback?: string
  readonly conflicts?: string
  readonly repeatable?: true
  readonly parse?: (text: string) => unknown
}

export interface ArgumentSpec {
  /** in commander's notation: <needed>, [optional], several... */
  readonly name: string
  readonly description: string
  readonly complete?: Completion
}

export type Command = (args: readonly string[], options: Options, context: Context) => Promise<ExitStatus>

export interface CommandSpec {
  /** what calls it: one word, or for a command of a group two */
  readonly name: string
  /** other names of the same command */
  readonly aliases?: readonly string[]
  readonly usage: string
  /** short enough for half a line of the first screen of help */
  readonly summary: string
  readonly description: string
  readonly arguments: readonly ArgumentSpec[]
  readonly options: readonly OptionSpec[]
  readonly examples: readonly string[]
  /** Prints no data of its own: every other command has its JSON Schema, man/schema/NAME.json, a dash for each space. */
  readonly silent?: true
  /** Imported when called, so that no command pays for another. */
  readonly load: () => Promise<{ readonly command: Command }>
}

/** Commands on one kind of thing, whose names begin with that of the group. They have one page of the manual. */
export interface GroupSpec {
  readonly name: string
  readonly summary: string
  readonly description: string
  readonly commands: readonly CommandSpec[]
  readonly examples: readonly string[]
}

/** The word by which a command is called in its group, or everywhere. */
export function lastWord({ name }: CommandSpec): string {
  return name.slice(name.lastIndexOf(' ') + 1)
}
