// SPDX-License-Identifier: MIT
// The first screen of help: it fits a terminal of 80 by 24.

import { COMMANDS, EXAMPLES } from './tree.ts'

export function rootHelp(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length)) + 2
  const commands = COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}`)
  return [
    'Usage: lunatikctl [-n NETNS] COMMAND [ARGUMENT...]',
    '',
    'Keeps Lua states in the kernel, one isolated set for every network namespace.',
    '',
    ...commands,
    '',
    'Everywhere: -n NAME|PATH|PID, --json, --color auto|always|never, -q, -v, -h',
    '',
    ...EXAMPLES.map((example, index) => `${index === 0 ? 'Examples:' : '         '} ${example}`),
    '',
    'lunatikctl help COMMAND tells more of a command, man lunatikctl all.',
    '',
  ].join('\n')
}
