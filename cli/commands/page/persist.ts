// SPDX-License-Identifier: MIT

import type { Context } from '../../context.ts'
import { EXIT, type ExitStatus } from '../../exit.ts'
import type { Options } from '../../options.ts'
import { startSpinner } from '../../output/spinner.ts'
import { withPage } from '../../page/open.ts'

export async function command([name = '', file = '']: readonly string[], { sync }: Options, context: Context): Promise<ExitStatus> {
  return withPage(name, 'write', context, async (page) => {
    await page.persist(file)
    context.note(`${name}: kept in ${file}`)
    if (!sync) return EXIT.ok
    const spinner = startSpinner(`${name}: waiting for the disk`, context)
    try {
      await page.sync()
    } finally {
      spinner.stop()
    }
    context.note(`${name}: on disk`)
    return EXIT.ok
  })
}
