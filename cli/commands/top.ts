// SPDX-License-Identifier: MIT

import { palette } from '../color.ts'
import type { Context } from '../context.ts'
import { usageError } from '../errors.ts'
import type { ExitStatus } from '../exit.ts'
import { glyphs } from '../glyphs.ts'
import { Rates } from '../live/rates.ts'
import { View } from '../live/view.ts'
import { INTERVAL, watchOnScreen } from '../live/watch.ts'
import type { Options } from '../options.ts'
import { activityColumns, summary, tone } from '../output/activity.ts'
import { ACTIVITY_DISPENSABLE, columnNamed } from '../output/columns.ts'
import { stringWidth } from '../output/terminal.ts'

export async function command([pattern]: readonly string[], options: Options, context: Context): Promise<ExitStatus> {
  const { stdout, json, netns } = context
  if (json || !stdout.movesCursor) throw usageError('top', 'it needs a terminal; for programs there is lunatikctl list --watch')
  const { interval = INTERVAL, sort = 'use', reverse = false } = options
  const drawn = glyphs(process.env)
  const columns = activityColumns(drawn)
  columnNamed(sort, columns, 'top')
  const view = new View({
    columns, sort, reverse, tone, dispensable: ACTIVITY_DISPENSABLE, colors: await palette(stdout.color), glyphs: drawn, measure: stringWidth,
  })
  return context.withSession(async (session) => {
    const rates = new Rates()
    const look = async () => {
      const activities = rates.of(await session.list(pattern))
      const where = `namespace ${netns ?? session.netns}`
      return { rows: activities, above: [...summary(activities, await session.info(), where, drawn), ''] }
    }
    return watchOnScreen(session, view, look, interval, context)
  })
}
