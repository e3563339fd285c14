// SPDX-License-Identifier: MIT
// The command tree as data: the parser, the help, the completions and the manual's test are made from it.

import type { Context } from './context.ts'
import type { ExitStatus } from './exit.ts'
import type { Options } from './options.ts'
import { COLUMN_NAMES } from './output/columns.ts'
import { parseDuration, parseSize } from './sizes.ts'

/** What the shell can complete: words, or something that it looks up. */
export type Completion = 'file' | 'netns' | 'state' | 'columns' | readonly string[]

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
  readonly name: string
  readonly usage: string
  readonly summary: string
  readonly description: string
  readonly arguments: readonly ArgumentSpec[]
  readonly options: readonly OptionSpec[]
  readonly examples: readonly string[]
  /** Imported when called, so that no command pays for another. */
  readonly load: () => Promise<{ readonly command: Command }>
}

export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  {
    flags: '-n, --netns <netns>',
    description: 'work in another network namespace: NAME, PATH or PID',
    complete: 'netns',
  },
  { flags: '--json', description: 'print data and errors as JSON' },
  {
    flags: '--color <when>',
    description: 'colour: auto, always or never',
    choices: ['auto', 'always', 'never'],
    fallback: 'auto',
  },
  { flags: '-q, --quiet', description: 'no warnings, no hints, no spinner', conflicts: 'verbose' },
  { flags: '-v, --verbose', description: 'tell what was done, on standard error', conflicts: 'quiet' },
]

export const COMMANDS: readonly CommandSpec[] = [
  {
    name: 'new',
    usage: 'NAME [--maxalloc SIZE] [--if-missing]',
    summary: 'make a state',
    description: 'Make an empty state that may hold at most SIZE bytes.',
    arguments: [{ name: '<name>', description: 'name of the state' }],
    options: [
      { flags: '--maxalloc <size>', description: 'most bytes that Lua may hold: 64K, 1M, 65536', parse: parseSize },
      { flags: '--if-missing', description: 'a state that exists is left as it is, and is no error' },
    ],
    examples: ['lunatikctl new web --maxalloc 4M'],
    load: () => import('./commands/new.ts'),
  },
  {
    name: 'close',
    usage: 'NAME... | --all',
    summary: 'close states',
    description: 'Close states, one after another; a failure does not keep the rest open.',
    arguments: [{ name: '[name...]', description: 'names of states', complete: 'state' }],
    options: [
      { flags: '--if-exists', description: 'a state that does not exist is no error' },
      { flags: '--all', description: 'every state of the namespace; asks first on a terminal' },
      { flags: '-y, --yes', description: 'do not ask' },
    ],
    examples: ['lunatikctl close web mail', 'lunatikctl -n blue close --all'],
    load: () => import('./commands/close.ts'),
  },
  {
    name: 'list',
    usage: '[PATTERN] [-o COLUMNS] [--no-header]',
    summary: 'list states',
    description: 'List the states of the namespace, by name; those whose names fit the shell pattern, where one is given.',
    arguments: [{ name: '[pattern]', description: "shell pattern, such as 'web*'", complete: 'state' }],
    options: [
      {
        flags: '-o, --output <columns>',
        description: `columns, with commas between; name alone prints bare names (${COLUMN_NAMES.join(', ')})`,
        complete: 'columns',
        parse: (text) => text.split(','),
      },
      { flags: '--no-header', description: 'without the line of column names' },
    ],
    examples: ["lunatikctl list 'web*'", 'lunatikctl list -o name,peak,run_time', 'lunatikctl list --json'],
    load: () => import('./commands/list.ts'),
  },
  {
    name: 'show',
    usage: 'NAME',
    summary: 'tell everything about one state',
    description: 'Tell everything about one state.',
    arguments: [{ name: '<name>', description: 'name of the state', complete: 'state' }],
    options: [],
    examples: ['lunatikctl show web'],
    load: () => import('./commands/show.ts'),
  },
  {
    name: 'do',
    usage: 'NAME FILE... | NAME - | NAME -e CODE',
    summary: 'run Lua in a state',
    description:
      'Run files in a state in the kernel, in order, and stop at the first that fails. Prints their output as it comes ' +
      'and the values they return. Ctrl-C ends the script in the kernel too.',
    arguments: [
      { name: '<name>', description: 'name of the state', complete: 'state' },
      { name: '[file...]', description: 'Lua files; - is standard input', complete: 'file' },
    ],
    options: [
      { flags: '-e, --eval <code>', description: 'run this Lua code; may be repeated', repeatable: true },
      {
        flags: '--timeout <duration>',
        description: "time that each chunk may take: 300ms, 2s, 5m; 0 is no limit (default: the module's)",
        parse: parseDuration,
      },
    ],
    examples: ['lunatikctl do web setup.lua', "lunatikctl do web -e 'return 7 / 2'", 'lunatikctl do web - < rules.lua'],
    load: () => import('./commands/do.ts'),
  },
  {
    name: 'version',
    usage: '',
    summary: 'print versions, and what does not match',
    description: 'Print the versions of lunatikctl, of the kernel module, of their protocol and of Lua.',
    arguments: [],
    options: [],
    examples: ['lunatikctl version'],
    load: () => import('./commands/version.ts'),
  },
  {
    name: 'completion',
    usage: 'bash',
    summary: 'print a completion script for the shell',
    description: 'Print a script that makes the shell complete commands, options, states and namespaces.',
    arguments: [{ name: '<shell>', description: 'bash', complete: ['bash'] }],
    options: [],
    examples: ['source <(lunatikctl completion bash)'],
    load: () => import('./commands/completion.ts'),
  },
]

export const EXAMPLES: readonly string[] = [
  'lunatikctl new web --maxalloc 4M',
  "lunatikctl do web -e 'return 7 / 2'",
  'lunatikctl do web setup.lua',
  'lunatikctl -n blue list',
]
