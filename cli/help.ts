// SPDX-License-Identifier: MIT
// The first screen of help: it fits a terminal of 80 by 24.

import { COMMANDS, EXAMPLES, type CommandSpec } from './tree.ts'

const HALF = 40

export function rootHelp(): string {
  return [
    'Usage: lunatikctl [-n NETNS] COMMAND [ARGUMENT...]',
    '',
    'Keeps Lua states in the kernel, one isolated set for every network namespace.',
    '',
    ...commandLines(),
    '',
    'Everywhere: -n NAME|PATH|PID, --json, --color auto|always|never, -q, -v, -h',
    '',
    ...EXAMPLES.map((example, index) => `${index === 0 ? 'Examples:' : '         '} ${example}`),
    '',
    'lunatikctl help COMMAND tells more of a command, man lunatikctl all.',
    '',
  ].join('\n')
}

/** Two columns, each read downwards. */
function commandLines(): string[] {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length)) + 2
  const entry = (spec: CommandSpec | undefined) => (spec ? `  ${spec.name.padEnd(width)}${spec.summary}` : '')
  const height = Math.ceil(COMMANDS.length / 2)
  return COMMANDS.slice(0, height).map((spec, row) => (entry(spec).padEnd(HALF) + entry(COMMANDS[row + height])).trimEnd())
}
