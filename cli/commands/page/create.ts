// SPDX-License-Identifier: MIT

import { pageLibrary, type PageInfo } from '../../client.ts'
import type { Context } from '../../context.ts'
import { CommandError, isCode } from '../../errors.ts'
import { EXIT, type ExitStatus } from '../../exit.ts'
import type { Options } from '../../options.ts'
import { formatMode } from '../../output/page-columns.ts'
import { pagesDocument } from '../../output/pages.ts'
import { placeOf } from '../../page/open.ts'

export async function command([name = '']: readonly string[], options: Options, context: Context): Promise<ExitStatus> {
  const { create, info } = await pageLibrary()
  const { size, mode, ifMissing } = options
  const there = await found(name, context)
  if (there && !ifMissing) {
    throw new CommandError('a page of that name exists', EXIT.conflict, { subject: name, code: 'EEXIST', hint: 'to pin it as it is: --if-missing' })
  }
  // One that is there it pins, which is also what becomes of one that somebody makes just now.
  await create(name, { ...placeOf(context), ...(size !== undefined && { size }), ...(mode !== undefined && { mode }) })
  const page = await info(name, placeOf(context))
  tell(page, there === undefined, options, context)
  if (context.json) context.stdout.write(pagesDocument([page], context))
  return EXIT.ok
}

async function found(name: string, context: Context): Promise<PageInfo | undefined> {
  const { info } = await pageLibrary()
  try {
    return await info(name, placeOf(context))
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined
    throw error
  }
}

function tell(page: PageInfo, made: boolean, { size, mode }: Options, context: Context): void {
  const others = [
    ...(size === undefined || size === page.size ? [] : [`with ${page.size} bytes and not ${size}`]),
    ...(mode === undefined || mode === page.mode ? [] : [`of mode ${formatMode(page.mode)} and not ${formatMode(mode)}`]),
  ]
  if (made) context.note(`${page.name}: made, ${page.size} bytes`)
  else if (others.length === 0) context.note(`${page.name}: exists already, and is pinned`)
  else context.warn(`${page.name}: exists already, ${others.join(', ')}`)
}
