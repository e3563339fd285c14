// SPDX-License-Identifier: MIT
// The completion script for zsh, made from the command tree. completions/_lunatikctl is what this returns.

import { COMMANDS, GLOBAL_OPTIONS, GROUPS, type ArgumentSpec, type CommandSpec, type Completion, type GroupSpec, type OptionSpec } from '../tree.ts'
import { lastWord } from '../tree/spec.ts'
import { commandNames, flags, takesValue } from './options.ts'

export function zshCompletion(): string {
  return [head(), commandsFunction(), argumentsFunction(), ...GROUPS.map(groupFunctions), LOOKUPS].join('\n')
}

function head(): string {
  return `#compdef lunatikctl
# SPDX-License-Identifier: MIT
# zsh completion for lunatikctl; made by \`lunatikctl completion zsh\`

_lunatikctl() {
	local curcontext=$curcontext state line ret=1
	local -A opt_args
	local -a netns everywhere
	everywhere=(
${GLOBAL_OPTIONS.flatMap(specs).map((spec) => `\t\t${spec}\n`).join('')}\t\t'(- *)'{-h,--help}'[help for the command]'
	)

	_arguments -C -A '-*' $everywhere \\
		'(- *)'{-V,--version}'[print the version of lunatikctl]' \\
		'1:command:_lunatikctl_commands' \\
		'*::argument:->argument' && ret=0
	if [[ $state == argument ]]; then _lunatikctl_elsewhere; _lunatikctl_arguments && ret=0; fi
	return ret
}
`
}

function commandsFunction(): string {
  const commands = COMMANDS.flatMap((spec) => commandNames(spec).map((name) => ({ name, summary: spec.summary })))
  return describing('_lunatikctl_commands', [...commands, ...GROUPS])
}

/** A function that offers these, and help. */
function describing(name: string, commands: readonly { readonly name: string; readonly summary: string }[]): string {
  const lines = commands.map((command) => `\t\t${quoted(`${command.name}:${command.summary}`)}\n`)
  return `${name}() {
	local -a commands
	commands=(
${lines.join('')}\t\t'help:help for a command'
	)
	_describe -t commands command commands
}
`
}

function argumentsFunction(): string {
  const groups = GROUPS.map(({ name }) => `\t${name})\n\t\t_lunatikctl_${name} ;;\n`)
  return `# $words begins with the command here.
_lunatikctl_arguments() {
	case $words[1] in
${COMMANDS.map(commandCase).join('')}${groups.join('')}	help)
		_arguments '1:command:_lunatikctl_commands' ;;
	*) return 1 ;;
	esac
}
`
}

function commandCase(spec: CommandSpec): string {
  const names = [lastWord(spec), ...(spec.aliases ?? [])]
  return `\t${names.join(' | ')})\n\t\t_arguments $everywhere${argumentSpecs(spec)} ;;\n`
}

function groupFunctions({ name, commands }: GroupSpec): string {
  const words = commands.map((spec) => ({ name: lastWord(spec), summary: spec.summary }))
  return `# $words begins with the name of the group here.
_lunatikctl_${name}() {
	local curcontext=$curcontext state line ret=1
	local -A opt_args
	_arguments -C -A '-*' $everywhere \\
		'1:command:_lunatikctl_${name}_commands' \\
		'*::argument:->argument' && ret=0
	if [[ $state == argument ]]; then _lunatikctl_elsewhere; _lunatikctl_${name}_arguments && ret=0; fi
	return ret
}

${describing(`_lunatikctl_${name}_commands`, words)}
_lunatikctl_${name}_arguments() {
	case $words[1] in
${commands.map(commandCase).join('')}	help)
		_arguments '1:command:_lunatikctl_${name}_commands' ;;
	*) return 1 ;;
	esac
}
`
}

function argumentSpecs(spec: CommandSpec): string {
  return [...spec.options.flatMap(specs), ...spec.arguments.flatMap(argumentSpec)].map((each) => ` \\\n\t\t\t${each}`).join('')
}

/** None of what cannot be completed: zsh would show its name in place of the options that fit. */
function argumentSpec({ name, complete }: ArgumentSpec, index: number): string[] {
  if (!complete) return []
  const word = name.replace(/[<>[\].]/g, '')
  const place = name.includes('...') ? '*' : `${index + 1}${name.startsWith('[') ? ':' : ''}`
  return [quoted(`${place}:${word}:${action(complete)}`)]
}

/** For each of its names; neither is offered once one is there, unless it may be repeated. */
function specs(option: OptionSpec): string[] {
  const names = flags(option)
  const exclusive = option.repeatable ? '*' : `(${names.join(' ')})`
  const value = takesValue(option) ? `:${/<(.+)>/.exec(option.flags)?.[1] ?? ''}:${action(option.complete ?? option.choices)}` : ''
  return names.map((name) => quoted(`${exclusive}${name}${takesValue(option) ? joint(name) : ''}[${option.description.replace(/[[\]:\\]/g, '\\$&')}]${value}`))
}

/** By which a value may follow in the same word, too. */
function joint(name: string): string {
  return name.startsWith('--') ? '=' : '+'
}

function action(complete: Completion | undefined): string {
  if (complete === undefined) return ' '
  if (typeof complete === 'string') return LOOKUP[complete]
  return 'list' in complete ? `_sequence compadd - ${complete.list.join(' ')}` : `(${complete.join(' ')})`
}

const LOOKUP = { file: '_files', netns: '_lunatikctl_netns', state: '_lunatikctl_states', page: '_lunatikctl_pages' } as const

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

const LOOKUPS = `# The namespace that is named before the command, or behind it.
_lunatikctl_elsewhere() {
	if [[ -n \${opt_args[(I)-n|--netns]} ]]; then netns=(-n \${(Q)opt_args[-n]:-\${(Q)opt_args[--netns]}}); fi
}

_lunatikctl_states() {
	local -a names
	_lunatikctl_elsewhere
	names=(\${(f)"$(lunatikctl $netns --quiet list -o name 2>/dev/null)"})
	compadd -a names
}

_lunatikctl_pages() {
	local -a names
	_lunatikctl_elsewhere
	names=(\${(f)"$(lunatikctl $netns --quiet page list -o name 2>/dev/null)"})
	compadd -a names
}

_lunatikctl_netns() {
	local -a names
	names=(/run/netns/*(N:t))
	compadd -a names
}

# Loaded by itself when it is first needed, or sourced.
if [[ $funcstack[1] == _lunatikctl ]]; then _lunatikctl "$@"; else compdef _lunatikctl lunatikctl; fi
`
