// SPDX-License-Identifier: MIT
// What begins with a dot in the shell.

import { nearest } from '../nearest.ts'

export interface DotCommand {
  readonly name: string
  readonly usage: string
  readonly summary: string
}

export const DOT_COMMANDS: readonly DotCommand[] = [
  { name: 'help', usage: '.help', summary: 'this list' },
  { name: 'load', usage: '.load FILE', summary: 'run a file in the state' },
  { name: 'send', usage: '.send TEXT', summary: 'give text to receive_callback, and print its reply' },
  { name: 'info', usage: '.info', summary: 'tell all about the state' },
  { name: 'quit', usage: '.quit', summary: 'leave; Ctrl-D too' },
]

export function shellHelp(): string {
  const width = Math.max(...DOT_COMMANDS.map(({ usage }) => usage.length)) + 2
  return [
    ...DOT_COMMANDS.map(({ usage, summary }) => `${usage.padEnd(width)}${summary}`),
    '',
    'All else is Lua. An expression is printed. What is not finished goes on in the',
    'next line; Ctrl-C drops it, and ends what runs. Tab completes names. A local is',
    'of its chunk only.',
    '',
  ].join('\n')
}

/** What to say of a name that there is not. */
export function unknownCommand(name: string): string {
  const [near] = nearest(name, DOT_COMMANDS.map((command) => command.name))
  return near === undefined ? `no command .${name}: see .help` : `no command .${name}: did you mean .${near}?`
}
