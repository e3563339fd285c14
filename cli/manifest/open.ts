// SPDX-License-Identifier: MIT
// From the name of a file to plans for the namespaces that it is about. Nothing is changed on the way, and a file in
// which anything is wrong does not get to the end of it.

import { open, type Info, type Session, type StateInfo } from '../client.ts'
import type { Context } from '../context.ts'
import { CommandError, isCode, usageError } from '../errors.ts'
import { EXIT, exitStatus } from '../exit.ts'
import { readUpTo } from '../input.ts'
import type { Problem } from './node.ts'
import { plan, type Plan } from './plan.ts'
import { read } from './read.ts'
import { load, type LoadedNamespace } from './scripts.ts'

/** Bytes; a namespace full of states with names alone fits. */
const FILE_MAX = 4 << 20
/** Problems that are told of one file. */
const MOST_TOLD = 10

const UTF8 = new TextDecoder('utf-8', { fatal: true })

/** A namespace that a file is about, and what has to be done there. */
export interface Target {
  /** as the file calls it; undefined is the one that the command works in */
  readonly netns: string | undefined
  readonly session: Session
  readonly info: Info
  readonly present: readonly StateInfo[]
  readonly plan: Plan
}

/**
 * Gives what is to be done for a file to `use`, and closes the sessions whatever happens.
 * @throws {AggregateError} of all that is wrong in the file
 */
export async function withTargets<Result>(
  file: string,
  prune: boolean,
  context: Context,
  use: (targets: readonly Target[]) => Promise<Result>,
): Promise<Result> {
  const namespaces = await loadFile(file, context)
  const targets: Target[] = []
  try {
    for (const namespace of namespaces) targets.push(await target(namespace, targets, { file, prune, context }))
    refuse(file, targets.flatMap(({ plan: { problems } }) => problems))
    return await use(targets)
  } finally {
    for (const { session } of targets) session.close()
  }
}

async function loadFile(file: string, context: Context): Promise<readonly LoadedNamespace[]> {
  const { parse } = await import('./yaml.ts')
  const parsed = parse(await textOf(file))
  refuse(file, parsed.problems)
  const wanted = parsed.root && read(parsed.root)
  refuse(file, wanted?.problems ?? [])
  const loaded = await load(wanted?.namespaces ?? [], file)
  refuse(file, loaded.problems)
  if (context.netns !== undefined && loaded.namespaces.some(({ netns }) => netns !== undefined)) {
    throw usageError(context.command, `${file} names its namespaces itself: no -n`)
  }
  return loaded.namespaces
}

async function textOf(file: string): Promise<string> {
  const bytes = await readUpTo(file, FILE_MAX + 1)
  const subject = file === '-' ? 'standard input' : file
  if (bytes.length > FILE_MAX) throw new CommandError('is more than 4 MiB', EXIT.failure, { subject })
  try {
    return UTF8.decode(bytes)
  } catch {
    throw new CommandError('is no UTF-8', EXIT.failure, { subject })
  }
}

interface Where {
  readonly file: string
  readonly prune: boolean
  readonly context: Context
}

async function target(namespace: LoadedNamespace, others: readonly Target[], { file, prune, context }: Where): Promise<Target> {
  const { netns, at } = namespace
  const session = await openAt(netns ?? context.netns, netns === undefined ? undefined : placeOf(file, { at, message: '' }))
  try {
    const same = others.find((other) => other.session.netns === session.netns)
    if (same) refuse(file, [{ at, message: `'${netns ?? ''}' is the same namespace as '${same.netns ?? ''}'` }])
    const present = await session.list()
    return { netns, session, info: await session.info(), present, plan: plan(namespace, present, prune) }
  } catch (error) {
    session.close()
    throw error
  }
}

/** A namespace that the file names is missing at that place of it. */
async function openAt(netns: string | undefined, place: string | undefined): Promise<Session> {
  try {
    return await open({ netns })
  } catch (error) {
    if (place === undefined || !isCode(error, 'ENOENT', 'EINVAL', 'EACCES', 'EPERM') || error.operation !== 'netns') throw error
    throw new CommandError(`${netns ?? ''}: ${error.message}`, exitStatus(error.code), { subject: place, code: error.code })
  }
}

function placeOf(file: string, { at: { line, column } }: Problem): string {
  return `${file === '-' ? 'standard input' : file}:${line}:${column}`
}

/** @throws {AggregateError} of all of them, in the file's order; nothing where there are none */
function refuse(file: string, problems: readonly Problem[]): void {
  if (problems.length === 0) return
  const sorted = [...problems].sort((a, b) => a.at.line - b.at.line || a.at.column - b.at.column)
  const told = sorted.slice(0, MOST_TOLD).map((problem) => new CommandError(problem.message, EXIT.failure, { subject: placeOf(file, problem) }))
  const more = problems.length - told.length
  if (more > 0) told.push(new CommandError(`and ${more} more`, EXIT.failure, { subject: file }))
  throw new AggregateError(told)
}
