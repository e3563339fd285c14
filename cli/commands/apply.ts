// SPDX-License-Identifier: MIT

import { confirmed, somebodyIsThere } from '../confirm.ts'
import type { Context } from '../context.ts'
import { counted } from '../counted.ts'
import { CommandError, usageError } from '../errors.ts'
import { EXIT, type ExitStatus } from '../exit.ts'
import { nameOf } from '../input.ts'
import { onInterruption } from '../interrupt.ts'
import { carryOut, Undone } from '../manifest/carry-out.ts'
import { withTargets, type Target } from '../manifest/open.ts'
import type { Change } from '../manifest/plan.ts'
import type { Options } from '../options.ts'
import { changeLine, changeToJson, namespaceLine } from '../output/changes.ts'
import { document, type Json } from '../output/json.ts'
import { report } from '../report.ts'
import { OutputError } from '../streams.ts'

/** Each file by itself, in order; a failure does not keep those after it from being applied. */
export async function command(files: readonly string[], options: Options, context: Context): Promise<ExitStatus> {
  const { prune = false } = options
  if (prune && files.length > 1) throw usageError('apply', '--prune takes one file: what another one names would be closed')
  // What is typed there to its end leaves no answer.
  if (prune && !options.yes && files.includes('-') && somebodyIsThere(context)) throw usageError('apply', 'standard input is the file, and has no answer besides: --prune needs --yes')
  const failures: unknown[] = []
  for (const file of files) {
    try {
      const status = await withTargets(file, prune, context, (targets) => apply(file, targets, options, context))
      if (status !== EXIT.ok) return await interrupted(status, failures, context)
    } catch (error) {
      failures.push(...(error instanceof AggregateError ? (error.errors as unknown[]) : [error]))
    }
  }
  if (failures.length > 0) throw new AggregateError(failures)
  return EXIT.ok
}

/** What failed before is told, too; the signal gives the status. */
async function interrupted(status: ExitStatus, failures: readonly unknown[], context: Context): Promise<ExitStatus> {
  if (failures.length > 0) await report(new AggregateError(failures), context)
  return status
}

/** @returns what a signal stands for, where one came */
async function apply(file: string, targets: readonly Target[], options: Options, context: Context): Promise<ExitStatus> {
  const closed = targets.flatMap(({ plan }) => plan.phases.flat().filter(isPruned))
  if (closed.length > 0 && !options.yes && !(await confirmed(`Close ${counted(closed.length, 'state')} that ${nameOf(file)} does not name?`, context))) {
    throw new CommandError('nothing was changed', EXIT.failure)
  }
  const printer = new Printer(file, context)
  const ending = new AbortController()
  const interruption = onInterruption(() => { ending.abort() })
  try {
    await carryOut(targets, options, ending.signal, (...made) => { printer.made(...made) })
    printer.end()
  } catch (error) {
    if (!(error instanceof Undone)) throw error
    for (const text of error.putBack) context.warn(`put back: ${text}`)
    // An interruption explains itself.
    if (interruption.status === undefined) throw new AggregateError([...reasons(error), ...error.remains])
    for (const { details, message } of error.remains) context.warn(`${details.subject ?? ''}: ${message}`)
  } finally {
    interruption.stopListening()
  }
  return interruption.status ?? EXIT.ok
}

function reasons({ reason }: Undone): unknown[] {
  return reason instanceof AggregateError ? (reason.errors as unknown[]) : [reason]
}

function isPruned(change: Change): boolean {
  return change.action === 'close' && change.reason === 'prune'
}

/** Lines as the changes are made; one document when all are. */
class Printer {
  readonly #made: Json[] = []
  #netns: string | undefined
  #failure: OutputError | undefined

  constructor(
    private readonly file: string,
    private readonly context: Context,
  ) {}

  made({ netns }: Target, change: Change, output: Uint8Array | undefined): void {
    const { json, stdout } = this.context
    if (json) {
      this.#made.push(changeToJson(netns, change, output))
      return
    }
    const heading = netns === undefined || netns === this.#netns ? '' : namespaceLine(netns)
    this.#netns = netns
    this.#write(heading + changeLine(change, stdout))
    if (output && output.length > 0) this.context.note(`${change.state}: ${Buffer.from(output).toString().trimEnd()}`)
  }

  /** @throws {OutputError} */
  end(): void {
    if (this.context.json) this.#write(document({ file: this.file, changes: this.#made }))
    if (this.#failure) throw this.#failure
  }

  /** That nobody can read it undoes nothing, and is told at the end. */
  #write(text: string): void {
    if (this.#failure) return
    try {
      this.context.stdout.write(text)
    } catch (error) {
      if (!(error instanceof OutputError)) throw error
      this.#failure = error
    }
  }
}
