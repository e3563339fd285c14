// SPDX-License-Identifier: MIT

import type { PageCopy } from '../../client.ts'
import type { Context } from '../../context.ts'
import { usageError } from '../../errors.ts'
import { EXIT, type ExitStatus } from '../../exit.ts'
import { inodeOf } from '../../namespaces.ts'
import type { Options } from '../../options.ts'
import { words } from '../../output/column.ts'
import { copyDocument } from '../../output/pages.ts'
import { printFields } from '../../output/states.ts'
import { dump } from '../../page/dump.ts'
import { fieldsOf, type FieldsOfPage } from '../../page/fields.ts'
import { formatNumber } from '../../page/number.ts'
import { withPage } from '../../page/open.ts'

export async function command([name = '']: readonly string[], options: Options, context: Context): Promise<ExitStatus> {
  if (options.hex && options.layout !== undefined) throw usageError(context.command, 'either --hex or --layout')
  if (options.hex && context.json) throw usageError(context.command, '--json prints JSON, and not digits')
  const fields = fieldsOf(options, context.command)
  const copy = await withPage(name, 'read', context, (page) => Promise.resolve(page.read()))
  if (context.json) context.stdout.write(copyDocument(copy, { page: name, netns: inodeOf(context.netns), fields }))
  else if (fields) await printNumbers(fields.over(copy.bytes, name), context)
  else printBytes(copy, options, context)
  return EXIT.ok
}

async function printNumbers(fields: FieldsOfPage, context: Context): Promise<void> {
  const columns = fields.all().map(({ field, value }) => words<FieldsOfPage>(field.name, () => formatNumber(field, value)))
  await printFields(fields, columns, context)
}

/** A terminal would obey them. */
function printBytes({ bytes }: PageCopy, { hex }: Options, { stdout }: Context): void {
  stdout.write(hex || stdout.isTerminal ? dump(bytes, { squeezed: true }) : bytes)
}
