// SPDX-License-Identifier: MIT

import { LunatikError, type Session } from '../client.ts'
import type { Context } from '../context.ts'
import { CommandError, usageError } from '../errors.ts'
import { EXIT, type ExitStatus } from '../exit.ts'
import type { Options } from '../options.ts'

const QUESTION_MS = 60_000

export async function command(names: readonly string[], options: Options, context: Context): Promise<ExitStatus> {
  if (options.all && names.length > 0) throw usageError('close', '--all takes no names')
  if (!options.all && names.length === 0) throw usageError('close', 'name a state, or say --all')
  return context.withSession(async (session) => {
    const wanted = options.all ? await everyName(session, options, context) : names
    await closeEach(session, wanted, (options.ifExists ?? options.all) === true, context)
    return EXIT.ok
  })
}

async function everyName(session: Session, options: Options, context: Context): Promise<string[]> {
  const names = (await session.list()).map((state) => state.name)
  const asks = process.stdin.isTTY && context.stderr.isTerminal && !options.yes
  if (asks && names.length > 0 && !(await confirmed(names, context))) {
    throw new CommandError('nothing was closed', EXIT.failure)
  }
  return names
}

async function confirmed(names: readonly string[], { stderr }: Context): Promise<boolean> {
  const [first = ''] = names
  stderr.tell(`Close ${names.length === 1 ? first : `all ${names.length} states of this namespace`}? [y/N] `)
  const answer = await lineOfInput()
  if (answer === undefined) stderr.tell('\n')
  return /^y(es)?$/i.test(answer?.trim() ?? '')
}

/** Not in readline's terminal mode, which takes Ctrl-C for itself. Undefined after Ctrl-D, or when nobody is there. */
async function lineOfInput(): Promise<string | undefined> {
  const { createInterface } = await import('node:readline')
  const lines = createInterface({ input: process.stdin, terminal: false })
  const timer = setTimeout(() => lines.close(), QUESTION_MS)
  try {
    return await new Promise((resolve) => {
      lines.once('line', resolve)
      lines.once('close', () => resolve(undefined))
    })
  } finally {
    clearTimeout(timer)
    lines.close()
  }
}

/**
 * Goes on after a failure.
 * @throws {AggregateError} of all failures, in order
 */
async function closeEach(
  session: Session,
  names: readonly string[],
  mayBeMissing: boolean,
  context: Context,
): Promise<void> {
  const failures: unknown[] = []
  for (const name of names) {
    try {
      await session.closeState(name)
      context.note(`${name}: closed`)
    } catch (error) {
      const missing = error instanceof LunatikError && error.code === 'ENOENT'
      if (!(missing && mayBeMissing)) failures.push(error)
    }
  }
  if (failures.length > 0) throw new AggregateError(failures)
}
