// SPDX-License-Identifier: MIT
// From what was thrown to what is told: one line, what follows it, and the exit status.

import { getSystemErrorMap } from 'node:util'
import { LunatikError, type LuaValue } from './client.ts'
import { EXIT, exitStatus, type ExitStatus } from './exit.ts'
import { isSystemError, OutputError } from './streams.ts'

/** A failure that is none of the kernel's. */
export class CommandError extends Error {
  override readonly name = 'CommandError'

  constructor(
    message: string,
    readonly status: ExitStatus,
    readonly details: Partial<Pick<Failure, 'command' | 'subject' | 'code' | 'hint'>> = {},
  ) {
    super(message)
  }
}

export function usageError(command: string, message: string): CommandError {
  const help = ['lunatikctl', command, '--help'].filter((word) => word !== '').join(' ')
  return new CommandError(message, EXIT.usage, { command, hint: `see ${help}` })
}

/** The kernel, or the client library, said this. */
export function isCode(error: unknown, ...codes: readonly string[]): error is LunatikError {
  return error instanceof LunatikError && codes.includes(error.code)
}

/** A local file that cannot be read. */
export function fileError(file: string, error: unknown): CommandError {
  if (!isSystemError(error)) throw error
  return new CommandError(systemText(error), EXIT.failure, { subject: file, code: error.code })
}

/** An errno in words. */
export function systemText(error: NodeJS.ErrnoException): string {
  return getSystemErrorMap().get(error.errno ?? 0)?.[1] ?? error.message
}

/** What the reporters print of a failure. */
export interface Failure {
  /** where the failure knows better than the context, which a parser's failure does */
  readonly command?: string | undefined
  readonly status: ExitStatus
  /** the state, namespace or file that it is about */
  readonly subject?: string | undefined
  readonly message: string
  readonly code?: string | undefined
  readonly attribute?: string | undefined
  /** Lua's, with its first line */
  readonly traceback?: string | undefined
  /** what the script threw where it is no text */
  readonly value?: LuaValue | undefined
  /** what the script printed before it failed */
  readonly output?: Uint8Array | undefined
  readonly hint?: string | undefined
}

export function toFailure(error: unknown, { netns }: { readonly netns: string | undefined }): Failure {
  if (error instanceof LunatikError) return lunatikFailure(error, netns)
  if (error instanceof CommandError) return { ...error.details, status: error.status, message: error.message }
  if (error instanceof OutputError) return outputFailure(error)
  throw error
}

function lunatikFailure(error: LunatikError, netns: string | undefined): Failure {
  const { message, traceback } = splitTraceback(error.detail ?? '')
  const ofScript = exitStatus(error.code) === EXIT.script
  return {
    status: exitStatus(error.code),
    subject: error.operation === 'netns' ? netns : (error.page ?? error.state),
    message: ofScript && message !== '' ? message : error.message,
    code: error.code,
    attribute: error.attribute,
    traceback,
    value: error.value,
    output: error.result?.output,
  }
}

/** The message of a Lua error, and the traceback after it. */
export function splitTraceback(detail: string): { message: string; traceback: string | undefined } {
  const start = detail.lastIndexOf('\nstack traceback:')
  return start < 0
    ? { message: detail, traceback: undefined }
    : { message: detail.slice(0, start), traceback: detail.slice(start + 1) }
}

function outputFailure(error: OutputError): Failure {
  const system = error.cause instanceof Error ? systemText(error.cause) : error.message
  return { status: EXIT.failure, subject: 'standard output', message: system, code: error.code }
}
