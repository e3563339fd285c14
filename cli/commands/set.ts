// SPDX-License-Identifier: MIT

import type { StateInfo } from '../client.ts'
import type { Context } from '../context.ts'
import { usageError } from '../errors.ts'
import { EXIT, type ExitStatus } from '../exit.ts'
import type { Options } from '../options.ts'
import { printStatesAsJson } from '../output/states.ts'

export async function command(
  [name = '']: readonly string[],
  { maxalloc }: Options,
  context: Context,
): Promise<ExitStatus> {
  if (maxalloc === undefined) throw usageError('set', 'say what to change: --maxalloc SIZE')
  return context.withSession(async (session) => {
    const state = await session.set(name, { maxalloc })
    tell(state, context)
    if (context.json) printStatesAsJson([state], session, context)
    return EXIT.ok
  })
}

function tell({ name, maxalloc, curralloc }: StateInfo, context: Context): void {
  if (curralloc <= maxalloc) context.note(`${name}: maxalloc ${maxalloc}`)
  else context.warn(`${name}: holds ${curralloc} bytes, more than its maxalloc of ${maxalloc} now: it can take no more until it has let go of some`)
}
