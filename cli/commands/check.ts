// SPDX-License-Identifier: MIT

import { MAXALLOC, MODULE_LIMITS, refusalOf, type Refusal } from '../checker.ts'
import { chunkOfCode, chunkOfFile, type Chunk } from '../chunks.ts'
import type { Context } from '../context.ts'
import { CommandError, usageError } from '../errors.ts'
import { EXIT, exitStatus, type ExitStatus } from '../exit.ts'
import type { Options } from '../options.ts'
import { document } from '../output/json.ts'

interface Checked {
  readonly file: string
  readonly failure: CommandError | null
  readonly line: number | null
}

export async function command(files: readonly string[], options: Options, context: Context): Promise<ExitStatus> {
  const codes = options.eval ?? []
  if (files.length === 0 && codes.length === 0) throw usageError('check', 'name a file, - for standard input, or -e CODE')
  if (files.length > 0 && codes.length > 0) throw usageError('check', 'either files or -e CODE')
  const maxalloc = within(options.maxalloc ?? MAXALLOC)
  const checked = codes.map((code) => checkChunk(chunkOfCode(code), maxalloc))
  for (const file of files) checked.push(await checkFile(file, maxalloc))
  tell(checked, context)
  return EXIT.ok
}

/** No state has a limit outside of these. */
function within(maxalloc: number): number {
  const { maxallocMin, maxallocMax } = MODULE_LIMITS
  if (maxalloc < maxallocMin) throw usageError('check', 'maxalloc is less than 64 KiB')
  if (maxalloc > maxallocMax) throw usageError('check', 'maxalloc is more than 256 MiB')
  return maxalloc
}

async function checkFile(file: string, maxalloc: number): Promise<Checked> {
  try {
    return checkChunk(await chunkOfFile(file, MODULE_LIMITS), maxalloc)
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    return { file, failure: error, line: null }
  }
}

function checkChunk(chunk: Chunk, maxalloc: number): Checked {
  const file = chunk.name.slice(1)
  const refusal = refusalOf(chunk, maxalloc)
  return { file, failure: refusal && failureOf(refusal, file), line: refusal?.line ?? null }
}

/** As `do` would tell it. A message with a line names the file by itself. */
function failureOf({ code, message, line }: Refusal, file: string): CommandError {
  return new CommandError(message, exitStatus(code), { code, ...(line === null && { subject: file }) })
}

/** @throws {AggregateError} of all failures, in order */
function tell(checked: readonly Checked[], context: Context): void {
  if (context.json) {
    const items = checked.map(({ file, failure, line }) => ({ file, ok: failure === null, message: failure?.message ?? null, line }))
    context.stdout.write(document({ checked: items }))
  }
  for (const { file, failure } of checked) if (failure === null) context.note(`${file}: compiles`)
  const failures = checked.flatMap(({ failure }) => failure ?? [])
  if (failures.length > 0) throw new AggregateError(failures)
}
