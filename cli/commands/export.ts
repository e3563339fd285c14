// SPDX-License-Identifier: MIT

import type { StateInfo } from '../client.ts'
import type { Context } from '../context.ts'
import { EXIT, type ExitStatus } from '../exit.ts'
import type { Options } from '../options.ts'
import { document, SCHEMA } from '../output/json.ts'

export async function command([pattern]: readonly string[], _: Options, context: Context): Promise<ExitStatus> {
  const { json, stdout } = context
  return context.withSession(async (session) => {
    const states = (await session.list(pattern)).map(exported)
    if (json) {
      stdout.write(document({ states }))
      return EXIT.ok
    }
    const { yamlOf } = await import('../manifest/yaml.ts')
    stdout.write(yamlOf({ schema: SCHEMA, states }))
    return EXIT.ok
  })
}

/** What a file can say of it: its limit, and the last script, of which the kernel keeps no text. */
function exported({ name, maxalloc, script }: StateInfo) {
  return { name, maxalloc, ...(script && { scripts: [{ ...script }] }) }
}
