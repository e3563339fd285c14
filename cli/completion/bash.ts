// SPDX-License-Identifier: MIT
// The completion script for bash, made from the command tree. completions/lunatikctl.bash is what this returns.

import { EVERY_COMMAND, GLOBAL_OPTIONS, GROUPS, type CommandSpec, type Completion, type OptionSpec } from '../tree.ts'
import { lastWord } from '../tree/spec.ts'
import { commandNames, EVERY_OPTION, FIRST_WORDS, flags, GROUP_NAMES, takesValue, WITH_VALUE } from './options.ts'

export function bashCompletion(): string {
  return [HEAD, valuesFunction(), optionsFunction(), argumentsFunction(), LOOKUPS].join('\n')
}

const HELP = '-h --help'
const HEAD = `# SPDX-License-Identifier: MIT
# bash completion for lunatikctl; made by \`lunatikctl completion bash\`
# shellcheck shell=bash
# shellcheck disable=SC1010 # \`do\` is a command of lunatikctl too

# Words are split at spaces alone: to bash a colon or an at sign, which names of states may have, ends a word.
_lunatikctl() {
	local -a words netns=()
	local line=\${COMP_LINE:0:COMP_POINT} current command='' position=0 word index
	# What is between quotes is one word, whatever it is.
	local quoted=$'^([^\\'"]*)(\\'[^\\']*\\'|"[^"]*")(.*)$'
	while [[ $line =~ $quoted ]]; do line=\${BASH_REMATCH[1]}_\${BASH_REMATCH[3]}; done
	read -ra words <<<"$line"
	[[ $line == *[[:space:]] ]] && words+=('')
	current=\${words[-1]}
	COMPREPLY=()

	for ((index = 1; index < \${#words[@]} - 1; index++)); do
		word=\${words[index]}
		case $word in
		-n | --netns) netns=(-n "\${words[++index]}") ;;
		--netns=*) netns=(-n "\${word#*=}") ;;
		-n?*) netns=(-n "\${word#-n}") ;;
		${WITH_VALUE.filter((flag) => !['-n', '--netns'].includes(flag)).join(' | ')}) ((++index)) ;;
		-*) ;;
		*)
			case $command in
			'') command=$word ;;
			${GROUP_NAMES.join(' | ')}) command+=" $word" ;;
			*) ((++position)) ;;
			esac
			;;
		esac
	done

	_lunatikctl_value "\${words[-2]}" && return
	if [[ $current == -* ]]; then
		_lunatikctl_option
	else
		_lunatikctl_argument
	fi
}
`

function valuesFunction(): string {
  return shellFunction('After an option that takes a value.', '_lunatikctl_value', '$command:$1', [
    ...EVERY_OPTION.filter(takesValue).flatMap(valueCases),
    '*) return 1 ;;',
  ])
}

/** One for all commands, where all complete it alike. */
function valueCases(option: OptionSpec): string[] {
  const takers = EVERY_COMMAND.flatMap((spec) => spec.options.filter((own) => own.flags === option.flags).map((own) => ({ spec, value: valueOf(own) })))
  const values = new Set([...takers.map(({ value }) => value), ...(takers.length === 0 ? [valueOf(option)] : [])])
  const line = (commands: readonly string[], value: string) =>
    `${commands.flatMap((command) => flags(option).map((flag) => `${command}:${flag}`)).join(' | ')}) ${value} ;;`
  return [...values].map((value) =>
    values.size === 1 ? line(['*'], value) : line(takers.filter((taker) => taker.value === value).flatMap(({ spec }) => patterns(spec)), value),
  )
}

function valueOf({ complete, choices }: OptionSpec): string {
  const offered = complete ?? choices
  return offered ? completer(offered) : ':'
}

/** What a command is called in a case. */
function patterns(spec: CommandSpec): string[] {
  return commandNames(spec).map((name) => (name.includes(' ') ? `'${name}'` : name))
}

function optionsFunction(): string {
  const global = GLOBAL_OPTIONS.flatMap(flags).join(' ')
  return shellFunction('Where an option begins.', '_lunatikctl_option', '$command', [
    ...EVERY_COMMAND.map((spec) => {
      const own = spec.options.flatMap(flags).map((flag) => `${flag} `)
      return `${patterns(spec).join(' | ')}) _lunatikctl_words ${own.join('')}${global} ${HELP} ;;`
    }),
    `*) _lunatikctl_words ${global} -V --version ${HELP} ;;`,
  ])
}

function argumentsFunction(): string {
  const names = FIRST_WORDS.join(' ')
  return shellFunction('Where an argument begins.', '_lunatikctl_argument', '$command:$position', [
    `:*) _lunatikctl_words ${names} help ;;`,
    `help:0) _lunatikctl_words ${names} ;;`,
    ...GROUPS.map(({ name, commands }) => `${name}:*) _lunatikctl_words ${commands.map(lastWord).join(' ')} help ;;`),
    ...EVERY_COMMAND.flatMap(argumentCases),
  ])
}

function argumentCases(spec: CommandSpec): string[] {
  return spec.arguments.flatMap(({ name, complete }, index) => {
    const position = name.includes('...') ? '*' : String(index)
    const places = patterns(spec).map((command) => `${command}:${position}`)
    return complete ? [`${places.join(' | ')}) ${completer(complete)} ;;`] : []
  })
}

function shellFunction(comment: string, name: string, subject: string, cases: readonly string[]): string {
  return `# ${comment}
${name}() {
	case ${subject} in
${cases.map((line) => `\t${line}\n`).join('')}	esac
}
`
}

function completer(complete: Completion): string {
  if (typeof complete === 'string') return LOOKUP[complete]
  return 'list' in complete ? `_lunatikctl_list ${complete.list.join(' ')}` : `_lunatikctl_words ${complete.join(' ')}`
}

const LOOKUP = { file: '_lunatikctl_files', netns: '_lunatikctl_netns', state: '_lunatikctl_states', page: '_lunatikctl_pages' } as const

const LOOKUPS = `# Offers the words that begin with the current one, less what bash takes for words before it.
_lunatikctl_words() {
	local head='' word
	[[ $current == *[:=@]* ]] && head=\${current%"\${current##*[:=@]}"}
	for word; do
		if [[ $word == "$current"* ]]; then COMPREPLY+=("\${word#"$head"}"); fi
	done
}

# The same for a list with commas: its last word is completed.
_lunatikctl_list() {
	compopt -o nospace
	_lunatikctl_words "\${@/#/"\${current%"\${current##*,}"}"}"
}

_lunatikctl_states() {
	local -a names
	mapfile -t names < <(lunatikctl "\${netns[@]}" --quiet list -o name 2>/dev/null)
	_lunatikctl_words "\${names[@]}"
}

_lunatikctl_pages() {
	local -a names
	mapfile -t names < <(lunatikctl "\${netns[@]}" --quiet page list -o name 2>/dev/null)
	_lunatikctl_words "\${names[@]}"
}

_lunatikctl_netns() {
	local -a names=(/run/netns/*)
	if [[ -e \${names[0]} ]]; then _lunatikctl_words "\${names[@]##*/}"; fi
}

_lunatikctl_files() {
	compopt -o default
}

complete -F _lunatikctl lunatikctl
`
