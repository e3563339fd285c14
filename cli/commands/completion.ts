// SPDX-License-Identifier: MIT

import { bashCompletion } from '../completion/bash.ts'
import type { Context } from '../context.ts'
import { usageError } from '../errors.ts'
import { EXIT, type ExitStatus } from '../exit.ts'
import type { Options } from '../options.ts'

export async function command([shell = '']: readonly string[], _: Options, { stdout }: Context): Promise<ExitStatus> {
  if (shell !== 'bash') throw usageError('completion', `no completion for '${shell}': there is bash`)
  stdout.write(bashCompletion())
  return Promise.resolve(EXIT.ok)
}
