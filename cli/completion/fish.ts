// SPDX-License-Identifier: MIT
// The completion script for fish, made from the command tree. completions/lunatikctl.fish is what this returns.

import { COMMANDS, EVERY_COMMAND, GLOBAL_OPTIONS, GROUPS, type CommandSpec, type Completion, type GroupSpec, type OptionSpec } from '../tree.ts'
import { lastWord } from '../tree/spec.ts'
import { commandNames, FIRST_WORDS, flags, GROUP_NAMES, takesValue, WITH_VALUE } from './options.ts'

export function fishCompletion(): string {
  return [HEAD, ...everywhere(), '', ...GROUPS.flatMap(ofGroup), ...EVERY_COMMAND.flatMap(ofCommand), ''].join('\n')
}

const HEAD = `# SPDX-License-Identifier: MIT
# fish completion for lunatikctl; made by \`lunatikctl completion fish\`

# The command and its arguments before the cursor, without options. A command of a group is one word here.
function __lunatikctl_words
    set -l skip yes
    set -l before ''
    for word in (commandline -opc)
        if test -n "$skip"
            set skip ''
            continue
        end
        switch $word
            case ${WITH_VALUE.join(' ')}
                set skip yes
            case '-*'
            case '*'
                if test -z "$before"; and contains -- $word ${GROUP_NAMES.join(' ')}
                    set before $word
                    continue
                end
                test -z "$before" -o "$before" = -; or set word "$before $word"
                set before -
                echo -- $word
        end
    end
    test -z "$before" -o "$before" = -; or echo -- $before
end

# No command yet.
function __lunatikctl_begins
    test (count (__lunatikctl_words)) -eq 0
end

# One of these commands.
function __lunatikctl_is
    set -l words (__lunatikctl_words)
    test (count $words) -gt 0; and contains -- $words[1] $argv
end

# One of these commands, at its argument of this number, from 0.
function __lunatikctl_at
    test (count (__lunatikctl_words)) -eq (math $argv[1] + 1); and __lunatikctl_is $argv[2..-1]
end

# The same, or at one behind it.
function __lunatikctl_from
    test (count (__lunatikctl_words)) -gt $argv[1]; and __lunatikctl_is $argv[2..-1]
end

# The namespace that is named, as options.
function __lunatikctl_elsewhere
    set -l netns
    set -l words (commandline -opc)
    for index in (seq (count $words))
        switch $words[$index]
            case -n --netns
                set netns -n $words[(math $index + 1)]
            case '--netns=*'
                set netns -n (string replace -- --netns= '' $words[$index])
            case '-n*'
                set netns -n (string replace -- -n '' $words[$index])
        end
    end
    string join \\n -- $netns
end

function __lunatikctl_states
    lunatikctl (__lunatikctl_elsewhere) --quiet list -o name 2>/dev/null
end

function __lunatikctl_pages
    lunatikctl (__lunatikctl_elsewhere) --quiet page list -o name 2>/dev/null
end

function __lunatikctl_netns
    for path in /run/netns/*
        path basename -- $path 2>/dev/null; or basename -- $path
    end
end

# A list of these with commas: its last word is completed.
function __lunatikctl_list
    set -l before (string match -r '^.*,' -- (commandline -ct) | string replace -r '^--[a-z-]+=' '')
    for name in $argv
        echo -- $before$name
    end
end

complete -c lunatikctl -f
`

function everywhere(): string[] {
  const commands = COMMANDS.flatMap((spec) => commandNames(spec).map((name) => ({ name, summary: spec.summary })))
  const names = [...commands, ...GROUPS]
  return [
    ...GLOBAL_OPTIONS.map((option) => optionLine(option)),
    "complete -c lunatikctl -s h -l help -d 'help for the command'",
    "complete -c lunatikctl -n __lunatikctl_begins -s V -l version -d 'print the version of lunatikctl'",
    ...names.map(({ name, summary }) => `complete -c lunatikctl -n __lunatikctl_begins -a ${name} -d ${quoted(summary)}`),
    "complete -c lunatikctl -n __lunatikctl_begins -a help -d 'help for a command'",
    `complete -c lunatikctl -n '__lunatikctl_at 0 help' -a ${quoted(FIRST_WORDS.join(' '))}`,
  ]
}

/** The words that may follow its name. */
function ofGroup({ name, commands }: GroupSpec): string[] {
  const words = commands.map((spec) => ({ word: lastWord(spec), summary: spec.summary }))
  return [...words, { word: 'help', summary: 'help for a command' }].map(
    ({ word, summary }) => `complete -c lunatikctl -n '__lunatikctl_at 0 ${name}' -a ${word} -d ${quoted(summary)}`,
  )
}

function ofCommand(spec: CommandSpec): string[] {
  const names = commandNames(spec).map((name) => (name.includes(' ') ? `"${name}"` : name)).join(' ')
  const options = spec.options.map((option) => optionLine(option, `__lunatikctl_is ${names}`))
  const places = spec.arguments.map(({ name, complete }, index) => {
    const where = `__lunatikctl_${name.includes('...') ? 'from' : 'at'} ${index} ${names}`
    return complete ? `complete -c lunatikctl -n ${quoted(where)} ${offer(complete)}` : ''
  })
  return [...options, ...places.filter((line) => line !== '')]
}

function optionLine(option: OptionSpec, condition?: string): string {
  const value = option.complete ?? option.choices
  return [
    'complete -c lunatikctl',
    ...(condition === undefined ? [] : [`-n ${quoted(condition)}`]),
    ...flags(option).map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`)),
    ...(takesValue(option) ? [value ? `-x ${offer(value)}` : '-x'] : []),
    `-d ${quoted(option.description)}`,
  ].join(' ')
}

function offer(complete: Completion): string {
  if (complete === 'file') return '-F'
  if (typeof complete === 'string') return `-a '(__lunatikctl_${LOOKUP[complete]})'`
  return 'list' in complete ? `-a '(__lunatikctl_list ${complete.list.join(' ')})'` : `-a ${quoted(complete.join(' '))}`
}

const LOOKUP = { netns: 'netns', state: 'states', page: 'pages' } as const

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`
}
