// SPDX-License-Identifier: MIT
// The completion script for zsh, made from the command tree. completions/_lunatikctl is what this returns.

import { COLUMN_NAMES } from '../output/columns.ts'
import { COMMANDS, GLOBAL_OPTIONS, type ArgumentSpec, type CommandSpec, type Completion, type OptionSpec } from '../tree.ts'
import { commandNames, flags, takesValue } from './options.ts'

export function zshCompletion(): string {
  return [head(), commandsFunction(), argumentsFunction(), LOOKUPS].join('\n')
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

	_arguments -C $everywhere \\
		'(- *)'{-V,--version}'[print the version of lunatikctl]' \\
		'1:command:_lunatikctl_commands' \\
		'*::argument:->argument' && ret=0
	if [[ -n \${opt_args[(I)-n|--netns]} ]]; then netns=(-n \${(Q)opt_args[-n]:-\${(Q)opt_args[--netns]}}); fi
	if [[ $state == argument ]]; then _lunatikctl_arguments && ret=0; fi
	return ret
}
`
}

function commandsFunction(): string {
  const lines = COMMANDS.flatMap((spec) => commandNames(spec).map((name) => `\t\t${quoted(`${name}:${spec.summary}`)}\n`))
  return `_lunatikctl_commands() {
	local -a commands
	commands=(
${lines.join('')}\t\t'help:help for a command'
	)
	_describe -t commands command commands
}
`
}

function argumentsFunction(): string {
  const cases = COMMANDS.map((spec) => `\t${commandNames(spec).join(' | ')})\n\t\t_arguments $everywhere${argumentSpecs(spec)} ;;\n`)
  return `# $words begins with the command here.
_lunatikctl_arguments() {
	case $words[1] in
${cases.join('')}	help)
		_arguments '1:command:_lunatikctl_commands' ;;
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
  return names.map((name) => quoted(`${exclusive}${name}[${option.description.replace(/[[\]:\\]/g, '\\$&')}]${value}`))
}

function action(complete: Completion | undefined): string {
  if (complete === undefined) return ' '
  if (complete === 'columns') return `_sequence compadd - ${COLUMN_NAMES.join(' ')}`
  return typeof complete === 'string' ? LOOKUP[complete] : `(${complete.join(' ')})`
}

const LOOKUP = { file: '_files', netns: '_lunatikctl_netns', state: '_lunatikctl_states' } as const

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

const LOOKUPS = `_lunatikctl_states() {
	local -a names
	names=(\${(f)"$(lunatikctl $netns --quiet list -o name 2>/dev/null)"})
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
