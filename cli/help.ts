// SPDX-License-Identifier: MIT
// The first screen of help: it fits a terminal of 80 by 24.

import { COMMANDS, EXAMPLES, GROUPS } from './tree.ts'

const HALF = 40

export function rootHelp(): string {
  return [
    'Usage: lunatikctl [-n NETNS] COMMAND [ARGUMENT...]',
    '',
    'Keeps Lua states and pages in the kernel, a set for every network namespace.',
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

/** Of a command, or of a group of them. */
interface Entry {
  readonly name: string
  readonly summary: string
}

/** Two columns, each read downwards. */
function commandLines(): string[] {
  const all: readonly Entry[] = [...COMMANDS, ...GROUPS]
  const width = Math.max(...all.map(({ name }) => name.length)) + 2
  const entry = (each: Entry | undefined) => (each ? `  ${each.name.padEnd(width)}${each.summary}` : '')
  const height = Math.ceil(all.length / 2)
  return all.slice(0, height).map((each, row) => (entry(each).padEnd(HALF) + entry(all[row + height])).trimEnd())
}
