// SPDX-License-Identifier: MIT
// What Tab offers in the shell.

import { readdirSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { Session } from '../client.ts'
import { visible } from '../escape.ts'
import { DOT_COMMANDS } from './commands.ts'
import type { Complete } from './input.ts'
import { completions, namesChunk, pathBefore } from './names.ts'

// Seconds. A state that is in use has no time for this, and somebody waits for it.
const LIMITS = { budget: 0.2, wait: 0, timeout: 1 }

export function completer(session: Session, name: string): Complete {
  return async (line) => {
    const file = /^\s*\.load\s+(.*)$/.exec(line)?.[1]
    if (file !== undefined) return [files(file), file]
    const dot = /^\s*\.(\w*)$/.exec(line)?.[1]
    if (dot !== undefined) return [DOT_COMMANDS.map((command) => command.name).filter((each) => each.startsWith(dot)), dot]
    // As in an editor, for code that is pasted.
    if (line.trim() === '') return [['\t'], '']
    const path = pathBefore(line)
    if (!path) return [[], line]
    return [completions(path, await ask(session, name, namesChunk(path))), path.prefix]
  }
}

/** What does not answer has nothing to offer. */
async function ask(session: Session, name: string, code: string): Promise<readonly unknown[]> {
  try {
    const { values } = await session.run(name, code, { ...LIMITS, chunkName: '=completion' })
    return Array.isArray(values[0]) ? values[0] : []
  } catch {
    return []
  }
}

function files(typed: string): string[] {
  const folder = typed.endsWith('/') ? typed : dirname(typed)
  const beginning = typed.endsWith('/') ? '' : basename(typed)
  try {
    return readdirSync(folder, { withFileTypes: true })
      // Neither shown nor typed are names with what a terminal would obey.
      .filter(({ name }) => name.startsWith(beginning) && visible(name) === name)
      .map((entry) => typed.slice(0, typed.length - beginning.length) + entry.name + (entry.isDirectory() ? '/' : ''))
  } catch {
    return []
  }
}
