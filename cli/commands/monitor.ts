// SPDX-License-Identifier: MIT

import type { Context } from '../context.ts'
import { EXIT, type ExitStatus } from '../exit.ts'
import { follow } from '../follow.ts'
import type { Options } from '../options.ts'
import { eventDocument, eventLine } from '../output/events.ts'

export async function command(_args: readonly string[], _: Options, context: Context): Promise<ExitStatus> {
  const { json, stdout } = context
  return context.withSession(async (session) => {
    const { status } = await follow({
      items: (signal) => session.monitor({ signal }),
      print: (event) => (json ? eventDocument(event, session.netns) : eventLine(event, stdout)),
    }, stdout)
    return status ?? EXIT.ok
  })
}
