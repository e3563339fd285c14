// SPDX-License-Identifier: MIT
// What went wrong, on standard error, and the exit status for it.

import { palette } from './color.ts'
import type { Context } from './context.ts'
import { toFailure } from './errors.ts'
import { EXIT, failureStatus, type ExitStatus } from './exit.ts'
import { explain } from './hints.ts'
import { failureDocument, failureLines } from './output/failure.ts'
import { OutputError } from './streams.ts'

/**
 * Tells each failure; the first one's exit status counts.
 * @param prompt the state that somebody sees at a prompt who is told
 */
export async function report(error: unknown, context: Context, prompt?: string): Promise<ExitStatus> {
  const all: unknown[] = error instanceof AggregateError ? error.errors : [error]
  // Who closed the pipe has read enough.
  const errors = all.filter((each) => !(each instanceof OutputError && each.code === 'EPIPE'))
  if (errors.length === 0) return EXIT.ok
  const failures = []
  const { command, stderr, line } = context
  for (const each of errors) {
    const failure = toFailure(each, context)
    failures.push(await explain(each, { ...failure, status: failureStatus(command, failure.status) }, context))
  }
  if (context.json) {
    stderr.tell(failureDocument(failures, command, line?.place))
  } else {
    const told = { command, place: line?.place, prompt, hints: !context.quiet, colors: await palette(stderr.color) }
    for (const failure of failures) stderr.tell(failureLines(failure, told))
  }
  return failures[0]?.status ?? EXIT.failure
}
