// SPDX-License-Identifier: MIT

import type { Context } from '../context.ts'
import { EXIT, type ExitStatus } from '../exit.ts'
import { follow } from '../follow.ts'
import type { Options } from '../options.ts'
import { eventDocument, eventLine } from '../output/events.ts'
import { resynchronised } from '../resync.ts'

export async function command(_args: readonly string[], _: Options, context: Context): Promise<ExitStatus> {
  const { json, stdout } = context
  return context.withSession(async (session) => {
    const { status } = await follow({
      items: (signal) => resynchronised(session.monitor({ signal }), () => session.list()),
      print: (told) => (json ? eventDocument(told, session.netns) : eventLine(told, stdout)),
    }, stdout)
    return status ?? EXIT.ok
  })
}
