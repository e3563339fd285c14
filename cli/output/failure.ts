// SPDX-License-Identifier: MIT
// Failures on standard error: a line each, or one JSON object for all.

import type { Palette } from '../color.ts'
import type { Failure } from '../errors.ts'
import { visible, visibleLines } from '../escape.ts'
import { EXIT } from '../exit.ts'
import { bytesToJson, document, valueToJson, type Json } from './json.ts'
import { formatValue } from './lua.ts'

const PROGRAM = 'lunatikctl'
const COLUMNS = 80

export interface Told {
  /** that was being carried out */
  readonly command: string
  /** `FILE:LINE` of a batch */
  readonly place?: string | undefined
  /** at a prompt for this state: what goes without saying is not said */
  readonly prompt?: string | undefined
  readonly hints: boolean
  readonly colors: Palette
}

/** `lunatikctl: PLACE: COMMAND: SUBJECT: MESSAGE (CODE)`, then the traceback, then the hint. */
export function failureLines(failure: Failure, { command, place, prompt, hints, colors }: Told): string {
  const subject = failure.subject ?? ''
  const words = prompt === undefined ? [PROGRAM, place ?? '', failure.command ?? command, subject] : [subject === prompt ? '' : subject]
  const where = words.filter((part) => part !== '')
  const what = `${messageOf(failure)}${codeSuffix(failure)}`
  const lines = [where.length === 0 ? colors.failure(what) : `${colors.failure(visible(where.join(': ')))}: ${what}`]
  if (failure.value !== undefined) lines.push(`error value: ${formatValue(failure.value, COLUMNS)}`)
  if (failure.traceback !== undefined) lines.push(visibleLines(failure.traceback))
  if (hints && failure.hint !== undefined) lines.push(colors.faint(`${PROGRAM}: ${visible(failure.hint)}`))
  return `${lines.join('\n')}\n`
}

/** A script's has the lines that it was given. Of another, what follows a newline would be taken for a failure by itself. */
function messageOf({ message, status }: Failure): string {
  return status === EXIT.script ? visibleLines(message) : visible(message)
}

// What a script says speaks for itself, and ENOMODULE is no errno.
function codeSuffix({ code, status }: Failure): string {
  const bare = code === undefined || status === EXIT.script || status === EXIT.module
  return bare ? '' : ` (${code})`
}

/** One object for a command's failures; the exit status is the first one's. */
export function failureDocument(failures: readonly Failure[], command: string, place?: string): string {
  const of = { command: failures[0]?.command ?? command, ...(place !== undefined && { place }) }
  return document({ ...of, exit: failures[0]?.status ?? EXIT.failure, errors: failures.map(toJson) })
}

function toJson(failure: Failure): Json {
  const { code, subject, message, attribute, traceback, hint, value, output } = failure
  return {
    code: code ?? null,
    subject: subject ?? null,
    message,
    ...(attribute !== undefined && { attribute }),
    ...(traceback !== undefined && { traceback }),
    ...(value !== undefined && { value: valueToJson(value) }),
    ...(output !== undefined && { output: bytesToJson(output) }),
    ...(hint !== undefined && { hint }),
  }
}
