// SPDX-License-Identifier: MIT
// The command tree as data: the parser, the help, the completions and the manual's test are made from it.

import { ACTIVITY_NAMES, COLUMN_NAMES } from './output/columns.ts'
import { parseCount, parseDuration, parseInterval, parseSize } from './sizes.ts'
import { sorting, tableOptions, TIMEOUT } from './tree/flags.ts'
import { PAGE } from './tree/page.ts'
import type { ArgumentSpec, CommandSpec, GroupSpec, OptionSpec } from './tree/spec.ts'

export type { ArgumentSpec, Command, CommandSpec, Completion, GroupSpec, OptionSpec } from './tree/spec.ts'

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

const STATE: ArgumentSpec = { name: '<name>', description: 'name of the state', complete: 'state' }

const MAXALLOC: OptionSpec = {
  flags: '--maxalloc <size>',
  description: 'most bytes that Lua may hold: 64K, 1M, 65536',
  parse: parseSize,
}

/** Of what runs Lua. */
const RUNNING: readonly OptionSpec[] = [
  {
    ...TIMEOUT,
    description: "time that each run may take: 300ms, 2s, 5m; 0 is no limit (default: the module's)",
  },
  {
    flags: '--wait <duration>',
    description: 'time to wait for a state that is in use, by a handle too; 0 is not at all',
    parse: parseDuration,
  },
]

const INTERVAL: OptionSpec = {
  flags: '--interval <duration>',
  description: 'time after which to look again, also where the kernel told of nothing (default: 2s)',
  parse: parseInterval,
}

const PRUNE: OptionSpec = { flags: '--prune', description: 'close states that the file does not name; asks first on a terminal' }

const AS_PRUNED: OptionSpec = { ...PRUNE, description: 'close states that the file does not name, as apply --prune would' }

export const COMMANDS: readonly CommandSpec[] = [
  {
    name: 'new',
    usage: 'NAME [--maxalloc SIZE] [--if-missing]',
    summary: 'make a state',
    description: 'Make an empty state that may hold at most SIZE bytes.',
    arguments: [{ name: '<name>', description: 'name of the state' }],
    options: [
      MAXALLOC,
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
      { flags: '--force', description: "give back a state's pins first; never the handle of another session" },
      { flags: '--all', description: 'every state of the namespace; asks first on a terminal' },
      { flags: '-y, --yes', description: 'do not ask' },
    ],
    examples: ['lunatikctl close web mail', 'lunatikctl -n blue close --all'],
    silent: true,
    load: () => import('./commands/close.ts'),
  },
  {
    name: 'list',
    usage: '[PATTERN] [-o COLUMNS] [--watch | --all-netns]',
    summary: 'list states',
    description: 'List the states of the namespace, by name; those whose names fit the shell pattern, where one is given.',
    arguments: [{ name: '[pattern]', description: "shell pattern, such as 'web*'", complete: 'state' }],
    options: [
      ...tableOptions(COLUMN_NAMES),
      { flags: '--all-netns', description: 'of every network namespace that can be found, containers too' },
      { flags: '-w, --watch', description: 'keep it up to date, until q or Ctrl-C; in a pipe, a listing for each change' },
      INTERVAL,
    ],
    examples: ["lunatikctl list 'web*'", 'lunatikctl list -o name,peak,run_time', 'lunatikctl list --watch --sort curralloc'],
    load: () => import('./commands/list.ts'),
  },
  {
    name: 'show',
    usage: 'NAME',
    summary: 'tell all about a state',
    description: 'Tell everything about one state.',
    arguments: [STATE],
    options: [],
    examples: ['lunatikctl show web'],
    load: () => import('./commands/show.ts'),
  },
  {
    name: 'set',
    usage: 'NAME --maxalloc SIZE',
    summary: 'change a limit',
    description: 'Change how much memory a state may hold. What it holds already is not taken from it.',
    arguments: [STATE],
    options: [MAXALLOC],
    examples: ['lunatikctl set web --maxalloc 8M'],
    load: () => import('./commands/set.ts'),
  },
  {
    name: 'get',
    aliases: ['pin'],
    usage: 'NAME',
    summary: 'take a pin on a state',
    description: 'Take a pin: a reference that outlives this command. A state with pins cannot be closed.',
    arguments: [STATE],
    options: [],
    examples: ['lunatikctl get web', 'lunatikctl pin web'],
    load: () => import('./commands/get.ts'),
  },
  {
    name: 'put',
    aliases: ['unpin'],
    usage: 'NAME [--force]',
    summary: 'give back a pin',
    description: 'Give back a pin, whoever took it; with --force a handle.',
    arguments: [STATE],
    options: [{ flags: '--force', description: 'give back the handle on the state, whoever holds it, and no pin' }],
    examples: ['lunatikctl put web', 'lunatikctl unpin web', 'lunatikctl put --force web'],
    load: () => import('./commands/put.ts'),
  },
  {
    name: 'do',
    usage: 'NAME FILE... | NAME - | NAME -e CODE',
    summary: 'run Lua in a state',
    description:
      'Run files in a state in the kernel, in order, and stop at the first that fails. Prints their output as it comes ' +
      'and the values they return. Ctrl-C ends the script in the kernel too.',
    arguments: [
      STATE,
      { name: '[file...]', description: 'Lua files; - is standard input', complete: 'file' },
    ],
    options: [
      { flags: '-e, --eval <code>', description: 'run this Lua code; may be repeated', repeatable: true },
      ...RUNNING,
    ],
    examples: ['lunatikctl do web setup.lua', "lunatikctl do web -e 'return 7 / 2'", 'lunatikctl do web - < rules.lua'],
    load: () => import('./commands/do.ts'),
  },
  {
    name: 'check',
    usage: 'FILE... | - | -e CODE',
    summary: 'compile without the kernel',
    description:
      "Compile files with the kernel's own Lua, outside of the kernel, and say where that fails: what it refuses, a state " +
      'refuses. Goes on after a failure. Needs neither the module nor privilege.',
    arguments: [{ name: '[file...]', description: 'Lua files; - is standard input', complete: 'file' }],
    options: [
      { flags: '-e, --eval <code>', description: 'check this Lua code; may be repeated', repeatable: true },
      { ...MAXALLOC, description: 'most bytes that the state may hold that it is for: 64K, 4M (default: 1M)' },
    ],
    examples: ['lunatikctl check setup.lua', "lunatikctl check --maxalloc 64K -e 'return 7 / 2'"],
    load: () => import('./commands/check.ts'),
  },
  {
    name: 'abort',
    usage: 'NAME',
    summary: 'end what runs in a state',
    description: 'End what runs in a state, whoever started it, and what waits to run there.',
    arguments: [STATE],
    options: [],
    examples: ['lunatikctl abort web'],
    silent: true,
    load: () => import('./commands/abort.ts'),
  },
  {
    name: 'send',
    usage: 'NAME [FILE]',
    summary: 'send data to a state',
    description:
      'Give a file, or standard input, to the function receive_callback of a state, as one message, and print what it ' +
      'returns: one string byte for byte, all else as `do` prints values.',
    arguments: [STATE, { name: '[file]', description: 'what to send; standard input if it is - or none', complete: 'file' }],
    options: RUNNING,
    examples: ["printf 'GET /' | lunatikctl send web", 'lunatikctl send web rules.bin >reply.bin'],
    load: () => import('./commands/send.ts'),
  },
  {
    name: 'recv',
    usage: 'NAME [--count N] [--format raw|hex|json]',
    summary: 'print what a state sends',
    description:
      'Print what a state sends with lunatik.send(), as it comes, until the state is closed, or Ctrl-C. What was sent ' +
      'while nobody received comes first.',
    arguments: [STATE],
    options: [
      { flags: '--count <n>', description: 'end after so many messages', parse: parseCount },
      { ...TIMEOUT, description: 'end, with status 6, after this time: 300ms, 2s, 5m; 0 is no limit (default)' },
      {
        flags: '--format <format>',
        description: 'raw: the bytes as they are (default); hex, json: a line for each message',
        choices: ['raw', 'hex', 'json'],
      },
    ],
    examples: ['lunatikctl recv web', 'lunatikctl recv web --count 1 --timeout 5s', 'lunatikctl recv web --json | jq .data'],
    load: () => import('./commands/recv.ts'),
  },
  {
    name: 'apply',
    usage: 'FILE... [--prune]',
    summary: 'make states as a file says',
    description:
      'Bring states to what a YAML or JSON file says: make those that are missing, set limits, run scripts that have not ' +
      'been run. A file is refused whole where anything in it is wrong; when a step fails, what can be put back is.',
    arguments: [{ name: '<file...>', description: 'YAML or JSON files; - is standard input', complete: 'file' }],
    options: [PRUNE, { flags: '-y, --yes', description: 'do not ask' }, ...RUNNING],
    examples: ['lunatikctl apply site.yaml', 'lunatikctl -n blue apply --prune site.yaml'],
    load: () => import('./commands/apply.ts'),
  },
  {
    name: 'diff',
    usage: 'FILE... [--prune]',
    summary: 'tell what apply would do',
    description: 'Tell what `apply` would change, and change nothing. Exit status 0: nothing; 1: something; more: it failed.',
    arguments: [{ name: '<file...>', description: 'YAML or JSON files; - is standard input', complete: 'file' }],
    options: [AS_PRUNED],
    examples: ['lunatikctl diff site.yaml', 'lunatikctl diff --json site.yaml | jq .changes'],
    load: () => import('./commands/diff.ts'),
  },
  {
    name: 'export',
    usage: '[PATTERN]',
    summary: 'print states as a file',
    description:
      'Print the states of the namespace as a file that `apply` reads: YAML, or JSON with --json. Scripts are told by name, ' +
      'size and SHA-256, which is what the kernel keeps.',
    arguments: [{ name: '[pattern]', description: "shell pattern, such as 'web*'", complete: 'state' }],
    options: [],
    examples: ['lunatikctl export >site.yaml', "lunatikctl -n blue export 'web*'"],
    load: () => import('./commands/export.ts'),
  },
  {
    name: 'monitor',
    usage: '',
    summary: 'print events as they come',
    description: 'Print what happens to the states of the namespace, a line for each event, until Ctrl-C.',
    arguments: [],
    options: [],
    examples: ['lunatikctl monitor', "lunatikctl monitor --json | jq -c 'select(.type == \"error\")'"],
    load: () => import('./commands/monitor.ts'),
  },
  {
    name: 'top',
    usage: '[PATTERN] [--sort COLUMN]',
    summary: 'watch what states do',
    description:
      'Show memory, runs, errors and data of the states as they change, until q or Ctrl-C. Letters and arrows sort; ? tells the keys.',
    arguments: [{ name: '[pattern]', description: "shell pattern, such as 'web*'", complete: 'state' }],
    options: [...sorting(ACTIVITY_NAMES), INTERVAL],
    examples: ['lunatikctl top', "lunatikctl -n blue top 'web*' --sort rate"],
    silent: true,
    load: () => import('./commands/top.ts'),
  },
  {
    name: 'shell',
    usage: 'NAME',
    summary: 'a Lua prompt in a state',
    description:
      'Read Lua, line by line, and run it in a state. On a terminal with editing, history and completion; .help tells what else ' +
      'there is. What is no terminal is a script, and ends with the first failure.',
    arguments: [STATE],
    options: RUNNING,
    examples: ['lunatikctl shell web', 'lunatikctl shell web < session.lua'],
    load: () => import('./commands/shell.ts'),
  },
  {
    name: 'batch',
    usage: 'FILE | -',
    summary: 'carry out many commands',
    description:
      'Carry out commands from a file, or from standard input as they come, one a line and without the word lunatikctl, over ' +
      'one connection. Quotes, # comments and a \\ at the end of a line are as in a shell. Stops at the first failure.',
    arguments: [{ name: '<file>', description: 'commands; - is standard input', complete: 'file' }],
    options: [{ flags: '--force', description: 'go on after a failure; the first one gives the exit status' }],
    examples: ['lunatikctl batch setup.batch', "printf 'new web\\nnew mail\\n' | lunatikctl -n blue batch -"],
    silent: true,
    load: () => import('./commands/batch.ts'),
  },
  {
    name: 'doctor',
    usage: '',
    summary: 'find what is wrong',
    description:
      'Look at the kernel, the module, privileges and limits, and say what is wrong and what to do. Works without the module. ' +
      'The exit status is 0 where nothing fails.',
    arguments: [],
    options: [],
    examples: ['lunatikctl doctor', "lunatikctl doctor --json | jq '.checks[] | select(.status != \"ok\")'"],
    load: () => import('./commands/doctor.ts'),
  },
  {
    name: 'info',
    usage: '',
    summary: 'print limits and totals',
    description: "Print the module's limits, how it was built, and what the states of the namespace come to. Needs no privilege.",
    arguments: [],
    options: [],
    examples: ['lunatikctl info', 'lunatikctl info --json | jq .memory'],
    load: () => import('./commands/info.ts'),
  },
  {
    name: 'version',
    usage: '',
    summary: 'print versions',
    description: 'Print the versions of lunatikctl, of the kernel module, of their protocol and of Lua, and what does not match.',
    arguments: [],
    options: [],
    examples: ['lunatikctl version'],
    load: () => import('./commands/version.ts'),
  },
  {
    name: 'completion',
    usage: 'bash | zsh | fish',
    summary: 'complete in the shell',
    description: 'Print a script that makes the shell complete commands, options, states, namespaces and files.',
    arguments: [{ name: '<shell>', description: 'bash, zsh or fish', complete: ['bash', 'zsh', 'fish'] }],
    options: [],
    examples: ['source <(lunatikctl completion bash)'],
    silent: true,
    load: () => import('./commands/completion.ts'),
  },
]

/** Commands on other things than states. */
export const GROUPS: readonly GroupSpec[] = [PAGE]

/** Those of the groups, too. */
export const EVERY_COMMAND: readonly CommandSpec[] = [...COMMANDS, ...GROUPS.flatMap(({ commands }) => commands)]

export const EXAMPLES: readonly string[] = [
  'lunatikctl new web --maxalloc 4M',
  "lunatikctl -n blue do web -e 'return 7 / 2'",
]
