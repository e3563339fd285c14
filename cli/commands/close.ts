// SPDX-License-Identifier: MIT

import type { Session } from '../client.ts'
import type { Context } from '../context.ts'
import { counted } from '../counted.ts'
import { CommandError, isCode, usageError } from '../errors.ts'
import { EXIT, type ExitStatus } from '../exit.ts'
import type { Options } from '../options.ts'

const QUESTION_MS = 60_000
// Somebody else may take and give back pins between our questions, but hardly that often.
const ATTEMPTS = 3

export async function command(names: readonly string[], options: Options, context: Context): Promise<ExitStatus> {
  if (options.all && names.length > 0) throw usageError('close', '--all takes no names')
  if (!options.all && names.length === 0) throw usageError('close', 'name a state, or say --all')
  return context.withSession(async (session) => {
    const wanted = options.all ? await everyName(session, options, context) : names
    await closeEach(session, wanted, options, context)
    return EXIT.ok
  })
}

async function everyName(session: Session, options: Options, context: Context): Promise<string[]> {
  const names = (await session.list()).map((state) => state.name)
  const asks = process.stdin.isTTY && context.stderr.isTerminal && !options.yes && !context.line
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
  { force, ifExists, all }: Options,
  context: Context,
): Promise<void> {
  const failures: unknown[] = []
  for (const name of names) {
    try {
      await (force ? closePinned(session, name, context) : session.closeState(name))
      context.note(`${name}: closed`)
    } catch (error) {
      const mayBeMissing = ifExists ?? all ?? false
      if (!(mayBeMissing && isCode(error, 'ENOENT'))) failures.push(error)
    }
  }
  if (failures.length > 0) throw new AggregateError(failures)
}

/** Gives the pins back first, but only where nothing else stands against closing: what fails shall have changed nothing. */
async function closePinned(session: Session, name: string, context: Context): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await session.closeState(name)
      return
    } catch (error) {
      if (!isCode(error, 'EBUSY') || attempt === ATTEMPTS) throw error
      const { users, pins, inuse } = await session.show(name)
      const onlyPins = inuse === null && users === 1 + pins
      if (!onlyPins) throw error
      await giveBack(session, name, pins)
      context.note(`${name}: ${counted(pins, 'pin')} given back`)
    }
  }
}

async function giveBack(session: Session, name: string, pins: number): Promise<void> {
  try {
    for (let left = pins; left > 0; left--) await session.unpin(name)
  } catch (error) {
    // Somebody else was quicker.
    if (!isCode(error, 'EINVAL')) throw error
  }
}
