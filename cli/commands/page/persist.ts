// SPDX-License-Identifier: MIT

import { getSystemErrorMap } from 'node:util'
import { LunatikError, type Page } from '../../client.ts'
import type { Context } from '../../context.ts'
import { CommandError } from '../../errors.ts'
import { EXIT, exitStatus, type ExitStatus } from '../../exit.ts'
import type { Options } from '../../options.ts'
import { startSpinner } from '../../output/spinner.ts'
import { withPage } from '../../page/open.ts'

export async function command([name = '', file = '']: readonly string[], { sync }: Options, context: Context): Promise<ExitStatus> {
  return withPage(name, 'write', context, async (page) => {
    await keep(page, file)
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

/** That the page may be written is known by now: what fails is about the file, unless the page has another one. */
async function keep(page: Page, file: string): Promise<void> {
  try {
    await page.persist(file)
  } catch (error) {
    if (!(error instanceof LunatikError) || ABOUT_PAGE.has(error.code)) throw error
    const { code, errno, message } = error
    const ofFile = ABOUT_BOTH.has(code)
    const told = ofFile ? message : (getSystemErrorMap().get(-errno)?.[1] ?? message)
    throw new CommandError(told, ofFile ? exitStatus(code) : EXIT.failure, { subject: file, code })
  }
}

const ABOUT_PAGE: ReadonlySet<string> = new Set(['EEXIST', 'EIDRM', 'EINTR'])

/** Of these the kernel's words say more than the errno. */
const ABOUT_BOTH: ReadonlySet<string> = new Set(['EBUSY', 'EBADMSG', 'EINVAL'])
