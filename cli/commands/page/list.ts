// SPDX-License-Identifier: MIT

import { pageLibrary } from '../../client.ts'
import type { Context } from '../../context.ts'
import { EXIT, type ExitStatus } from '../../exit.ts'
import type { Options } from '../../options.ts'
import { checkForm, formOf } from '../../output/form.ts'
import { PAGE_COLUMNS, PAGE_DISPENSABLE } from '../../output/page-columns.ts'
import { pagesDocument } from '../../output/pages.ts'
import { ordering } from '../../output/sort.ts'
import { tableText } from '../../output/states.ts'
import { placeOf } from '../../page/open.ts'

export async function command([pattern]: readonly string[], options: Options, context: Context): Promise<ExitStatus> {
  const { json, stdout } = context
  checkForm(options, context)
  const { columns, header } = formOf(options, PAGE_COLUMNS, context)
  const inOrder = ordering({ ...options, sort: options.sort ?? 'name' }, PAGE_COLUMNS, context.command)
  const { list } = await pageLibrary()
  const pages = inOrder(await list({ ...placeOf(context), ...(pattern !== undefined && { match: pattern }) }))
  if (json) stdout.write(pagesDocument(pages, context))
  else stdout.write(await tableText(pages, columns ?? PAGE_COLUMNS, { header, dispensable: columns ? [] : PAGE_DISPENSABLE }, stdout))
  if (pages.length === 0 && stdout.isTerminal) context.warn(nothingFound(pattern))
  return EXIT.ok
}

function nothingFound(pattern: string | undefined): string {
  return pattern === undefined ? 'no pages in this namespace' : `no pages that fit '${pattern}'`
}
