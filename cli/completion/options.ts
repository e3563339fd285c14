// SPDX-License-Identifier: MIT
// What the completions for all shells ask of the command tree.

import { COMMANDS, GLOBAL_OPTIONS, type CommandSpec, type OptionSpec } from '../tree.ts'

/** An option means the same in every command that has it. */
export const EVERY_OPTION: readonly OptionSpec[] = [
  ...new Map([...GLOBAL_OPTIONS, ...COMMANDS.flatMap(({ options }) => options)].map((option) => [option.flags, option])).values(),
]

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
