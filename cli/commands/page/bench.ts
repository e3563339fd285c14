// SPDX-License-Identifier: MIT
// How fast this program reads a page and commits to one. A commit makes a new version, which everybody sees who watches the
// page; so it is not to that page, but to one of the same size with a name that nobody else has, which goes with its only
// subscriber, this process, however that ends.

import { randomBytes } from 'node:crypto'
import { PAGE_SIZE_MAX } from '../../../native/addon/native.ts'
import { pageLibrary, type Page } from '../../client.ts'
import type { Context } from '../../context.ts'
import { EXIT, type ExitStatus } from '../../exit.ts'
import { inodeOf } from '../../namespaces.ts'
import type { Options } from '../../options.ts'
import { formatRate } from '../../output/activity.ts'
import { quantity, text, type Column } from '../../output/column.ts'
import { document } from '../../output/json.ts'
import { printFields } from '../../output/states.ts'
import { placeOf, withPage } from '../../page/open.ts'
import { formatDuration, formatSize } from '../../sizes.ts'

const SECONDS = 1
/** Between looks at the clock, which takes about as long as a read. */
const ROUND = 64
const MILLISECONDS = 1000

interface Measured {
  readonly page: string
  readonly size: number
  readonly duration: number
  readonly reads: number
  readonly commits: number
}

const COLUMNS: readonly Column<Measured>[] = [
  text('page', ({ page }) => page),
  quantity('size', ({ size }) => size, formatSize),
  quantity('duration', ({ duration }) => duration, formatDuration),
  quantity('reads_per_second', ({ reads }) => reads, perSecond),
  quantity('commits_per_second', ({ commits }) => commits, perSecond),
]

export async function command([name = '']: readonly string[], { duration = SECONDS }: Options, context: Context): Promise<ExitStatus> {
  const measured = await withPage(name, 'read', context, (page) => measure(page, duration, context))
  if (context.json) {
    const { page, size, reads, commits } = measured
    context.stdout.write(document({ netns: inodeOf(context.netns), page, size, duration, reads_per_second: reads, commits_per_second: commits }))
  } else {
    await printFields(measured, COLUMNS, context)
  }
  return EXIT.ok
}

/** Half of the time for each. */
async function measure(page: Page, duration: number, context: Context): Promise<Measured> {
  const { size } = page
  const room = new Uint8Array(PAGE_SIZE_MAX)
  const reads = await rate(duration / 2, () => { page.read(room) })
  const twin = await twinOf(page, context)
  try {
    const commits = await rate(duration / 2, () => twin.update(({ bytes }) => { bytes[0] = ((bytes[0] ?? 0) + 1) % 256 }))
    return { page: page.name, size, duration, reads, commits }
  } finally {
    twin.close()
  }
}

async function twinOf({ size }: Page, context: Context): Promise<Page> {
  const { open } = await pageLibrary()
  const twin = await open(`bench.${randomBytes(8).toString('hex')}`, placeOf(context))
  await twin.resize(size)
  return twin
}

/** How many times something is done in a second. Half of the time goes by before that counts, as V8 compiles what is done often. */
async function rate(seconds: number, work: () => void | Promise<void>): Promise<number> {
  await rateAtOnce(seconds / 2, work)
  return rateAtOnce(seconds / 2, work)
}

async function rateAtOnce(seconds: number, work: () => void | Promise<void>): Promise<number> {
  const began = performance.now()
  const until = began + seconds * MILLISECONDS
  let count = 0
  let now = began
  while (now < until) {
    for (let i = 0; i < ROUND; i++) {
      // To wait for what has been done costs more than to do it.
      const pending = work()
      if (pending) await pending
    }
    count += ROUND
    now = performance.now()
  }
  return Math.round((count * MILLISECONDS) / (now - began))
}

function perSecond(rate: number): string {
  return `${formatRate(rate)}/s`
}
