// SPDX-License-Identifier: MIT

import { open, type Session } from '../client.ts'
import type { BatchLine, Context } from '../context.ts'
import { CommandError, usageError } from '../errors.ts'
import { EXIT, type ExitStatus } from '../exit.ts'
import { linesOf, nameOf, reserveStandardInput } from '../input.ts'
import type { Options } from '../options.ts'
import { run } from '../program.ts'
import { report } from '../report.ts'
import { OutputError } from '../streams.ts'
import { commandsIn, UnfinishedCommand } from '../words.ts'

/** These end all. */
const INTERRUPTIONS: readonly ExitStatus[] = [EXIT.hangup, EXIT.interrupted, EXIT.terminated]

export async function command([file = '-']: readonly string[], options: Options, context: Context): Promise<ExitStatus> {
  if (context.line) throw usageError('batch', 'a batch has no others in it')
  if (file === '-') reserveStandardInput('the batch')
  const connection = new Connection(context.netns)
  const inherited = globalFlags(options)
  let first: ExitStatus = EXIT.ok
  try {
    for await (const { line, words } of commandsIn(linesOf(file))) {
      const status = await run([...inherited, ...words], connection.line(file, line))
      if (status === EXIT.ok) continue
      if (INTERRUPTIONS.includes(status)) return status
      if (first === EXIT.ok) first = status
      if (!options.force) break
    }
  } catch (error) {
    if (error instanceof OutputError) return earlier(first, await report(error, context))
    if (!(error instanceof UnfinishedCommand)) throw error
    throw new CommandError(error.message, EXIT.usage, { subject: `${nameOf(file)}:${error.line}` })
  } finally {
    connection.close()
  }
  return first
}

/** That nobody reads any more is no failure, and no excuse for one before. */
function earlier(first: ExitStatus, last: ExitStatus): ExitStatus {
  return first === EXIT.ok ? last : first
}

/** What was said of the batch is said of each line, too. */
function globalFlags({ netns, json, color, quiet, verbose }: Options): string[] {
  return [
    ...(netns === undefined ? [] : ['--netns', netns]),
    ...(json ? ['--json'] : []),
    ...(quiet ? ['--quiet'] : []),
    ...(verbose ? ['--verbose'] : []),
    '--color',
    color,
  ]
}

/** Opened by the first command that needs it: not all do. */
class Connection {
  #session: Promise<Session> | undefined

  constructor(private readonly netns: string | undefined) {}

  line(file: string, line: number): BatchLine {
    return { place: `${nameOf(file)}:${line}`, netns: this.netns, session: () => this.#opened() }
  }

  close(): void {
    void this.#session?.then((session) => { session.close() })
  }

  async #opened(): Promise<Session> {
    this.#session ??= open(this.netns === undefined ? {} : { netns: this.netns })
    try {
      return await this.#session
    } catch (error) {
      this.#session = undefined
      throw error
    }
  }
}
