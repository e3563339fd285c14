// SPDX-License-Identifier: MIT

import type { Context } from '../context.ts'
import { usageError } from '../errors.ts'
import { EXIT, type ExitStatus } from '../exit.ts'
import { withTargets, type Target } from '../manifest/open.ts'
import type { Options } from '../options.ts'
import { changeLine, changeToJson, namespaceLine } from '../output/changes.ts'
import { document } from '../output/json.ts'

/** Its exit status is that of diff(1): 1 where something is different, and more where it failed. */
export async function command(files: readonly string[], options: Options, context: Context): Promise<ExitStatus> {
  const { prune = false } = options
  if (prune && files.length > 1) throw usageError('diff', '--prune takes one file: what another one names would be closed')
  let changes = 0
  for (const file of files) {
    changes += await withTargets(file, prune, context, (targets) => {
      print(file, targets, context)
      return Promise.resolve(targets.flatMap(({ plan }) => plan.phases.flat()).length)
    })
  }
  return changes > 0 ? EXIT.failure : EXIT.ok
}

function print(file: string, targets: readonly Target[], context: Context): void {
  const { stdout, json } = context
  if (json) {
    const changes = targets.flatMap(({ netns, plan }) => plan.phases.flat().map((change) => changeToJson(netns, change)))
    stdout.write(document({ file, changes }))
    return
  }
  for (const { netns, plan } of targets) {
    for (const name of plan.moved) context.note(`${name}: others have changed it since it was applied`)
    const lines = plan.phases.flat().map((change) => changeLine(change, stdout))
    if (netns !== undefined && lines.length > 0) lines.unshift(namespaceLine(netns))
    stdout.write(lines.join(''))
  }
}
