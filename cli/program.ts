// SPDX-License-Identifier: MIT
// From the command line to a command: the tree's data becomes a parser of commander's.

import { Command as Parser, InvalidArgumentError, Option, type CommanderError } from 'commander'
import { version } from '../package.json'
import type { ColorChoice } from './color.ts'
import { Context, type BatchLine } from './context.ts'
import { usageError } from './errors.ts'
import { EXIT, type ExitStatus } from './exit.ts'
import { rootHelp } from './help.ts'
import type { Options } from './options.ts'
import { report } from './report.ts'
import { OutputError, Stream } from './streams.ts'
import { COMMANDS, GLOBAL_OPTIONS, GROUPS, type CommandSpec, type GroupSpec, type OptionSpec } from './tree.ts'
import { lastWord } from './tree/spec.ts'

/**
 * Parses the command line, carries it out, and tells what went wrong.
 * @param line where it stands, if it is one of a batch
 * @throws {OutputError} in a batch, when nobody reads any more
 */
export async function run(argv: readonly string[], line?: BatchLine): Promise<ExitStatus> {
  let context = contextBeforeParsing(argv, line)
  let status: ExitStatus = EXIT.ok
  const parser = makeParser(partFor(argv), context, async (spec, args, options) => {
    context = makeContext(asTyped(parser, spec), options, line)
    const { command } = await spec.load()
    status = await command(args, options, context)
  })
  try {
    const [before, words] = splitAtFirstWord(argv)
    await parser.parseAsync([...before, ...withHelp(words)], { from: 'user' })
    return status
  } catch (error) {
    if (error instanceof HelpShown) return error.status
    if (line && error instanceof OutputError) throw error
    return report(error, context)
  }
}

/** Help or the version was asked for and is printed: the way out of the parser. */
class HelpShown extends Error {
  constructor(readonly status: ExitStatus) {
    super('help shown')
  }
}

/** A command may have several names. */
function asTyped(parser: Parser, { name, aliases = [] }: CommandSpec): string {
  return aliases.find((alias) => alias === parser.args[0]) ?? name
}

/** The first screen, which rootHelp() writes from the tree. */
const HELP = ['-h', '--help']

type Action = (spec: CommandSpec, args: readonly string[], options: Options) => Promise<void>

function makeContext(command: string, options: Options, line: BatchLine | undefined): Context {
  return new Context(command, options, new Stream(1, options.color), new Stream(2, options.color), line)
}

// What goes wrong in parsing is told in the form that was asked for.
function contextBeforeParsing(argv: readonly string[], line: BatchLine | undefined): Context {
  const json = argv.includes('--json')
  const at = argv.findIndex((arg) => arg === '--color' || arg.startsWith('--color='))
  const choice = argv[at]?.split('=')[1] ?? argv[at + 1]
  const color: ColorChoice = at >= 0 && (choice === 'always' || choice === 'never') ? choice : 'auto'
  return makeContext('', json ? { color, json } : { color }, line)
}

/** Commands and groups of the tree. */
interface Part {
  readonly commands: readonly CommandSpec[]
  readonly groups: readonly GroupSpec[]
}

/** Such as --netns, whose values might be called as commands are. */
const TAKE_VALUES = GLOBAL_OPTIONS.filter(({ flags }) => flags.includes('<')).flatMap(({ flags }) => flags.match(/-[^ ,]+/g) ?? [])

/** The options, and what is behind them; where that cannot be told without parsing, all are options. */
function splitAtFirstWord(argv: readonly string[]): readonly [options: readonly string[], words: readonly string[]] {
  let at = 0
  for (let arg = argv[at]; arg?.startsWith('-'); arg = argv[at]) {
    if (/^-[^-]./.test(arg)) return [argv, []]
    at += TAKE_VALUES.includes(arg) ? 2 : 1
  }
  return [argv.slice(0, at), argv.slice(at)]
}

/**
 * What of the tree there has to be a parser for: what is called. To make them all takes a twentieth of a start; they are
 * needed where none is called, to say what was meant.
 */
function partFor(argv: readonly string[]): Part {
  const [, [word]] = splitAtFirstWord(argv)
  const command = COMMANDS.find(({ name, aliases = [] }) => word !== undefined && [name, ...aliases].includes(word))
  const group = GROUPS.find(({ name }) => name === word)
  if (command) return { commands: [command], groups: [] }
  if (group) return { commands: [], groups: [group] }
  const first = argv[0] ?? ''
  return argv.length === 1 && HELP.includes(first) ? { commands: [], groups: [] } : { commands: COMMANDS, groups: GROUPS }
}

function makeParser({ commands, groups }: Part, { stdout, stderr, json }: Context, action: Action): Parser {
  const root = new Parser('lunatikctl')
  root.version(`lunatikctl ${version}`, '-V, --version', 'print the version of lunatikctl')
  root.configureHelp({ showGlobalOptions: true })
  root.configureOutput({
    writeOut: (text) => { stdout.write(text) },
    // Without a command, help; in JSON a failure is told instead.
    writeErr: (text) => { if (!json) stderr.tell(text) },
    // Errors come back as exceptions, and are told like all others.
    outputError: () => undefined,
    // Its own answers would have Node set up its streams: a tenth of a start.
    getOutHelpWidth: () => stdout.columns,
    getErrHelpWidth: () => stderr.columns,
    getOutHasColors: () => stdout.color,
    getErrHasColors: () => stderr.color,
  })
  for (const option of GLOBAL_OPTIONS) root.addOption(makeOption(option))
  for (const spec of commands) addCommand(root, spec, action)
  for (const group of groups) addGroup(root, group, json, action)
  root.configureHelp({ formatHelp: rootHelp })
  throwFrom(root, '', json)
  return root
}

function addGroup(root: Parser, group: GroupSpec, json: boolean, action: Action): void {
  const parser = root.command(group.name).summary(group.summary).description(group.description)
  parser.usage('COMMAND [ARGUMENT...]')
  addExamples(parser, group.examples)
  throwFrom(parser, group.name, json)
  for (const spec of group.commands) addCommand(parser, spec, action)
}

function addExamples(parser: Parser, examples: readonly string[]): void {
  parser.addHelpText('after', `\nExamples:\n${examples.map((example) => `  ${example}\n`).join('')}`)
}

/** `help page list` is `page help list`. Of what there is not there is no help: `help shwo` is as wrong as `shwo`. */
function withHelp(words: readonly string[]): readonly string[] {
  const [help, name = '', word = ''] = words
  if (help !== 'help') return withHelpOfGroup(words)
  if (GROUPS.some((group) => group.name === name)) return word === '' ? words : withHelpOfGroup([name, help, ...words.slice(2)])
  return isWord(name) && !isCommand(name, COMMANDS) ? words.slice(1) : words
}

function withHelpOfGroup(words: readonly string[]): readonly string[] {
  const [name = '', help, word = ''] = words
  const group = help === 'help' && GROUPS.find((each) => each.name === name)
  return group && isWord(word) && !isCommand(word, group.commands) ? [name, ...words.slice(2)] : words
}

function isWord(text: string): boolean {
  return text !== '' && text !== 'help' && !text.startsWith('-')
}

function isCommand(word: string, commands: readonly CommandSpec[]): boolean {
  return commands.some((spec) => [lastWord(spec), ...(spec.aliases ?? [])].includes(word))
}

function addCommand(root: Parser, spec: CommandSpec, action: Action): void {
  const parser = root.command(lastWord(spec)).aliases(spec.aliases ?? []).summary(spec.summary).description(spec.description)
  parser.usage(['[options]', spec.usage].join(' ').trim())
  for (const argument of spec.arguments) parser.argument(argument.name, argument.description)
  for (const option of spec.options) parser.addOption(makeOption(option))
  addExamples(parser, spec.examples)
  throwFrom(parser, spec.name)
  // commander cannot know types: options.ts is to agree with tree.ts, and a test sees to it.
  parser.action(() => action(spec, parser.args, parser.optsWithGlobals<Options>()))
}

function makeOption(spec: OptionSpec): Option {
  const option = new Option(spec.flags, spec.description)
  if (spec.choices) option.choices(spec.choices)
  if (spec.fallback !== undefined) option.default(spec.fallback)
  if (spec.conflicts !== undefined) option.conflicts(spec.conflicts)
  if (spec.repeatable) option.argParser((value: string, before: string[] | undefined) => [...(before ?? []), value])
  const { parse } = spec
  if (parse) option.argParser((value: string) => parsed(parse, value))
  return option
}

function parsed(parse: (text: string) => unknown, value: string): unknown {
  try {
    return parse(value)
  } catch (error) {
    if (error instanceof RangeError) throw new InvalidArgumentError(error.message)
    throw error
  }
}

// commander would end the process by itself.
function throwFrom(parser: Parser, name: string, json = false): void {
  parser.exitOverride((error) => {
    if (error.exitCode === EXIT.ok) throw new HelpShown(EXIT.ok)
    // No command was named, and the help is on standard error instead.
    if (error.code === 'commander.help') throw json ? usageError(name, 'name a command') : new HelpShown(EXIT.usage)
    throw usageError(name, usageMessage(error))
  })
}

/** `error: unknown option '--jsn'\n(Did you mean --json?)` on one line. */
function usageMessage({ message }: CommanderError): string {
  return message.replace(/^error: /, '').replaceAll('\n', ' ').trim()
}
