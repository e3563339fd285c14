// SPDX-License-Identifier: MIT

import { pageLibrary } from '../../client.ts'
import type { Context } from '../../context.ts'
import { isCode } from '../../errors.ts'
import { EXIT, type ExitStatus } from '../../exit.ts'
import type { Options } from '../../options.ts'
import { placeOf } from '../../page/open.ts'

/**
 * Goes on after a failure.
 * @throws {AggregateError} of all failures, in order
 */
export async function command(names: readonly string[], { ifExists }: Options, context: Context): Promise<ExitStatus> {
  const { remove } = await pageLibrary()
  const failures: unknown[] = []
  for (const name of names) {
    try {
      await remove(name, placeOf(context))
      context.note(`${name}: deleted`)
    } catch (error) {
      if (!(ifExists && isCode(error, 'ENOENT'))) failures.push(error)
    }
  }
  if (failures.length > 0) throw new AggregateError(failures)
  return EXIT.ok
}
