// SPDX-License-Identifier: MIT

import type { Session } from '../client.ts'
import { confirmed } from '../confirm.ts'
import type { Context } from '../context.ts'
import { counted } from '../counted.ts'
import { CommandError, isCode, usageError } from '../errors.ts'
import { EXIT, type ExitStatus } from '../exit.ts'
import type { Options } from '../options.ts'

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
  if (names.length > 0 && !options.yes && !(await confirmed(question(names), context))) {
    throw new CommandError('nothing was closed', EXIT.failure)
  }
  return names
}

function question([first = '', ...more]: readonly string[]): string {
  return `Close ${more.length === 0 ? first : `all ${more.length + 1} states of this namespace`}?`
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
