// SPDX-License-Identifier: MIT
// What the completions for all shells ask of the command tree.

import { COMMANDS, EVERY_COMMAND, GLOBAL_OPTIONS, GROUPS, type CommandSpec, type OptionSpec } from '../tree.ts'

/** An option means the same in every command that has it, and takes a value in all of them or in none. */
export const EVERY_OPTION: readonly OptionSpec[] = [
  ...new Map([...GLOBAL_OPTIONS, ...EVERY_COMMAND.flatMap(({ options }) => options)].map((option) => [option.flags, option])).values(),
]

export const GROUP_NAMES: readonly string[] = GROUPS.map(({ name }) => name)

/** Of every command that stands by itself, and of groups. */
export const FIRST_WORDS: readonly string[] = [...COMMANDS.flatMap(commandNames), ...GROUP_NAMES]

export function commandNames({ name, aliases = [] }: CommandSpec): string[] {
  return [name, ...aliases]
}

export function takesValue(option: OptionSpec): boolean {
  return option.flags.includes('<')
}

/** With their dashes. */
export function flags(option: OptionSpec): string[] {
  return option.flags.split(/[ ,]+/).filter((word) => word.startsWith('-'))
}

export const WITH_VALUE: readonly string[] = EVERY_OPTION.filter(takesValue).flatMap(flags)
