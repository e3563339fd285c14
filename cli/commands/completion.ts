// SPDX-License-Identifier: MIT

import { bashCompletion } from '../completion/bash.ts'
import { fishCompletion } from '../completion/fish.ts'
import { zshCompletion } from '../completion/zsh.ts'
import type { Context } from '../context.ts'
import { usageError } from '../errors.ts'
import { EXIT, type ExitStatus } from '../exit.ts'
import { nearest } from '../nearest.ts'
import type { Options } from '../options.ts'

const SHELLS: ReadonlyMap<string, () => string> = new Map([
  ['bash', bashCompletion],
  ['zsh', zshCompletion],
  ['fish', fishCompletion],
])

export async function command([shell = '']: readonly string[], _: Options, { stdout }: Context): Promise<ExitStatus> {
  const script = SHELLS.get(shell)
  if (!script) {
    const [near] = nearest(shell, [...SHELLS.keys()])
    throw usageError('completion', `no completion for '${shell}': ${near === undefined ? 'there are bash, zsh and fish' : `did you mean ${near}?`}`)
  }
  stdout.write(script())
  return Promise.resolve(EXIT.ok)
}
