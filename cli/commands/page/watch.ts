// SPDX-License-Identifier: MIT

import type { Page, PageCopy } from '../../client.ts'
import type { Context } from '../../context.ts'
import { counted } from '../../counted.ts'
import { CommandError, usageError } from '../../errors.ts'
import { EXIT, type ExitStatus } from '../../exit.ts'
import { follow, type Followed } from '../../follow.ts'
import { inodeOf } from '../../namespaces.ts'
import type { Options } from '../../options.ts'
import { hex } from '../../output/bytes.ts'
import { copyDocument } from '../../output/pages.ts'
import { fieldsOf, type Fields } from '../../page/fields.ts'
import { formatNumber } from '../../page/number.ts'
import { withPage } from '../../page/open.ts'
import { formatDuration } from '../../sizes.ts'

export async function command([name = '']: readonly string[], options: Options, context: Context): Promise<ExitStatus> {
  if (options.hex && options.layout !== undefined) throw usageError(context.command, 'either --hex or --layout')
  if (options.hex && context.json) throw usageError(context.command, '--json prints JSON, and not digits')
  const fields = fieldsOf(options, context.command)
  return withPage(name, 'read', context, async (page) => {
    const print = printer(name, fields, options, context)
    const { count, timeout, maxRate } = options
    const ended = await follow({ items: (signal) => versions(page, maxRate, signal), print, count, timeout }, context.stdout)
    return statusOf(ended, name, options)
  })
}

/** Without a rate, what is read may be newer than what was told of, and is told of again. */
async function* versions(page: Page, maxRate: number | undefined, signal: AbortSignal): AsyncGenerator<PageCopy, void> {
  let last = -1
  for await (const told of page.changes({ signal, maxRate })) {
    if (told <= last) continue
    const copy = page.read()
    last = copy.version
    yield copy
  }
}

function printer(page: string, fields: Fields | undefined, { hex: digits }: Options, { json, netns }: Context): (copy: PageCopy) => string {
  if (json) {
    const about = { page, netns: inodeOf(netns), fields }
    return (copy) => copyDocument(copy, about)
  }
  return (copy) => {
    const { version, bytes } = copy
    const numbers = fields?.over(bytes, page).all() ?? []
    const words = [
      `version=${version}`,
      `size=${bytes.length}`,
      ...numbers.map(({ field, value }) => `${field.name}=${formatNumber(field, value)}`),
      ...(digits ? [`data=${hex(bytes)}`] : []),
    ]
    return `${words.join(' ')}\n`
  }
}

/** Less than was asked for is a failure. */
function statusOf({ end, status, items }: Followed, name: string, { count, timeout = 0 }: Options): ExitStatus {
  if (end !== 'late') return status ?? EXIT.ok
  const came = count === undefined ? counted(items, 'version') : `${items} of ${count} versions`
  throw new CommandError(`${came} within ${formatDuration(timeout)}`, EXIT.time, { subject: name, code: 'ETIMEDOUT' })
}
