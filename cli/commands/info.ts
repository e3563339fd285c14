// SPDX-License-Identifier: MIT

import type { Context } from '../context.ts'
import { EXIT, type ExitStatus } from '../exit.ts'
import type { Options } from '../options.ts'
import { FIELDS } from '../output/info.ts'
import { document, infoToJson } from '../output/json.ts'
import { printFields } from '../output/states.ts'

export async function command(_args: readonly string[], _: Options, context: Context): Promise<ExitStatus> {
  return context.withSession(async (session) => {
    const info = await session.info()
    if (context.json) context.stdout.write(document({ netns: session.netns, ...infoToJson(info) }))
    else await printFields(info, FIELDS, context)
    return EXIT.ok
  })
}
