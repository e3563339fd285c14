// SPDX-License-Identifier: MIT
// What the manual pages say of the command tree, in mdoc: each page of a command has two parts between marks, its head
// and its options; that of a group its head, and a part for each of its commands; and lunatikctl(8) has the list of
// commands. man/generate.mjs writes them, and a test compares.

import { COMMANDS, GROUPS, type ArgumentSpec, type CommandSpec, type GroupSpec, type OptionSpec } from './tree.ts'

const BEGIN = (part: string): string => `.\\" ${part}, by make man, from here`
const END = '.\\" to here'

/** Every page that has such parts. */
export function pages(): { readonly file: string; readonly parts: Readonly<Record<string, string>> }[] {
  const ofCommands = COMMANDS.map((spec) => ({ file: `man/lunatikctl-${spec.name}.8`, parts: { head: headOf(spec), options: optionsOf(spec) } }))
  return [{ file: 'man/lunatikctl.8', parts: { commands: commandList() } }, ...ofCommands, ...GROUPS.map(pageOfGroup)]
}

function pageOfGroup(group: GroupSpec): { file: string; parts: Record<string, string> } {
  const parts = group.commands.map((spec) => [spec.name, [`.Ss ${spec.name}`, ...synopsisOf(spec, spec.name), '.Pp', ...sentences(spec.description), ...optionItems(spec)].join('\n')] as const)
  return { file: `man/lunatikctl-${group.name}.8`, parts: { head: headOfGroup(group), ...Object.fromEntries(parts) } }
}

function headOfGroup({ name, summary, commands }: GroupSpec): string {
  return ['.Sh NAME', `.Nm lunatikctl-${name}`, `.Nd ${escape(summary)}`, '.Sh SYNOPSIS', ...commands.flatMap((spec) => synopsisOf(spec, spec.name))].join('\n')
}

/** A page as it is to be: what stands outside of the marks stays. */
export function generated(page: string, parts: Readonly<Record<string, string>>): string {
  return Object.entries(parts).reduce((text, [part, body]) => replacePart(text, part, body), page)
}

function replacePart(page: string, part: string, body: string): string {
  const start = page.indexOf(`${BEGIN(part)}\n`)
  const end = page.indexOf(`\n${END}\n`, start)
  if (start < 0 || end < 0) throw new Error(`a page has no marks for its ${part}`)
  return page.slice(0, start) + `${BEGIN(part)}\n${body}` + page.slice(end)
}

function headOf(spec: CommandSpec): string {
  const names = [spec.name, ...(spec.aliases ?? [])]
  return [
    '.Sh NAME',
    `.Nm lunatikctl-${spec.name}`,
    `.Nd ${escape(spec.summary)}`,
    '.Sh SYNOPSIS',
    ...names.flatMap((name) => synopsisOf(spec, name)),
  ].join('\n')
}

function synopsisOf(spec: CommandSpec, name: string): string[] {
  return ['.Nm lunatikctl', `.Cm ${name}`, ...spec.options.map(optional), ...spec.arguments.map(argument)]
}

function optional({ flags, repeatable }: OptionSpec): string {
  const { short, long, value } = partsOfFlags(flags)
  const flag = short ?? `\\-${long}`
  return `.Op Fl ${flag}${value === undefined ? '' : ` Ar ${value}`}${repeatable ? ' Ns ...' : ''}`
}

function argument({ name }: ArgumentSpec): string {
  const word = name.replace(/[<>[\].]/g, '')
  const text = `Ar ${word}${name.includes('...') ? ' ...' : ''}`
  return name.startsWith('[') ? `.Op ${text}` : `.${text}`
}

function optionsOf(spec: CommandSpec): string {
  return [
    '.Sh OPTIONS',
    ...(spec.options.length === 0 ? ['There are none of its own.'] : optionItems(spec)),
    'Those of every command are in',
    '.Xr lunatikctl 8 .',
  ].join('\n')
}

function optionItems({ options }: CommandSpec): string[] {
  return options.length === 0 ? [] : ['.Bl -tag -width Ds', ...options.flatMap(item), '.El']
}

function item(option: OptionSpec): string[] {
  const { short, long, value } = partsOfFlags(option.flags)
  const names = [...(short === undefined ? [] : [`Fl ${short}`]), `Fl \\-${long}`].join(' , ')
  return [`.It ${names}${value === undefined ? '' : ` Ar ${value}`}`, ...sentences(option.description)]
}

function partsOfFlags(flags: string): { short: string | undefined; long: string; value: string | undefined } {
  return {
    short: /(?:^|\s)-(\w)\b/.exec(flags)?.[1],
    long: /--([\w-]+)/.exec(flags)?.[1] ?? '',
    value: /<(.+)>/.exec(flags)?.[1],
  }
}

/** A description as a sentence. mdoc wants each on a line of its own, and lines that are not too long. */
function sentences(description: string): string[] {
  const text = `${description.charAt(0).toUpperCase()}${description.slice(1).replace(/\.$/, '')}.`
  return wrap(escape(text).replace(/\. (?=[A-Z])/g, '.\n')).split('\n')
}

const WIDTH = 80

function wrap(text: string): string {
  return text.split('\n').map((line) => line.split(' ').reduce((lines, word) => {
    const column = lines.length - lines.lastIndexOf('\n') - 1
    if (lines === '') return word
    return column + word.length + 1 > WIDTH ? `${lines}\n${word}` : `${lines} ${word}`
  }, '')).join('\n')
}

/** For roff: an option's dash is no hyphen, a backslash is none of its own, and no line begins as a request does. */
function escape(text: string): string {
  return text.replaceAll('\\', '\\e').replace(/(?<![\w])--?(?=\w)/g, (dashes) => '\\-'.repeat(dashes.length)).replace(/^(?=[.'])/gm, '\\&')
}

function commandList(): string {
  return [
    '.Bl -tag -width completion',
    ...COMMANDS.flatMap((spec) => [
      `.It Xr lunatikctl-${spec.name} 8`,
      ...sentences(spec.description),
      ...(spec.aliases ? [`It is called ${spec.aliases.join(', ')} as well.`] : []),
    ]),
    ...GROUPS.flatMap((group) => [`.It Xr lunatikctl-${group.name} 8`, ...sentences(group.description)]),
    '.It Cm help Op Ar command',
    'Print the help of a command.',
    '.El',
  ].join('\n')
}
