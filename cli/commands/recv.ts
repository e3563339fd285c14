// SPDX-License-Identifier: MIT

import type { Message } from '../client.ts'
import type { Context } from '../context.ts'
import { counted } from '../counted.ts'
import { CommandError, usageError } from '../errors.ts'
import { EXIT, type ExitStatus } from '../exit.ts'
import { follow, type Followed } from '../follow.ts'
import type { MessageFormat, Options } from '../options.ts'
import { asSent, hex } from '../output/bytes.ts'
import { bytesToJson, document } from '../output/json.ts'
import { formatDuration } from '../sizes.ts'

export async function command([name = '']: readonly string[], options: Options, context: Context): Promise<ExitStatus> {
  const { count, timeout, format = context.json ? 'json' : 'raw' } = options
  if (context.json && format !== 'json') throw usageError('recv', `--json prints JSON, and not ${format}`)
  return context.withSession(async (session) => {
    const print = printer(format, { netns: session.netns, state: name }, context)
    const ended = await follow({
      items: (signal) => session.receive(name, { signal }),
      print: (message) => {
        if (message.lost > 0) context.warn(`${name}: ${counted(message.lost, 'message')} lost: there was no room for more in the queue`)
        return print(message)
      },
      count,
      timeout,
    }, context.stdout)
    return statusOf(ended, name, options)
  })
}

function printer(
  format: MessageFormat,
  about: { readonly netns: number; readonly state: string },
  { stdout }: Context,
): (message: Message) => string | Uint8Array {
  switch (format) {
    case 'raw':
      return ({ data }) => asSent(data, stdout)
    case 'hex':
      return ({ data }) => `${hex(data)}\n`
    case 'json':
      return ({ sequence, lost, data }) => document({ ...about, sequence, lost, data: bytesToJson(data) })
  }
}

/** Less than was asked for is a failure. */
function statusOf({ end, status, items }: Followed, name: string, { count, timeout = 0 }: Options): ExitStatus {
  const came = count === undefined ? counted(items, 'message') : `${items} of ${count} messages`
  if (end === 'late') {
    throw new CommandError(`${came} within ${formatDuration(timeout)}`, EXIT.time, { subject: name, code: 'ETIMEDOUT' })
  }
  if (end === 'closed' && count !== undefined) {
    throw new CommandError(`state was closed after ${came}`, EXIT.failure, { subject: name, code: 'ESHUTDOWN' })
  }
  return status ?? EXIT.ok
}
