// SPDX-License-Identifier: MIT

import { PAGE_SIZE_MAX } from '../../../native/addon/native.ts'
import type { Page, PageCopy } from '../../client.ts'
import type { Context } from '../../context.ts'
import { CommandError, usageError } from '../../errors.ts'
import { EXIT, type ExitStatus } from '../../exit.ts'
import { readUpTo } from '../../input.ts'
import type { Options } from '../../options.ts'
import { tellChange, type PageChange } from '../../output/pages.ts'
import { fieldsOf, type Fields } from '../../page/fields.ts'
import { withPage } from '../../page/open.ts'

/** Changes the bytes of a page. */
type Write = (bytes: Uint8Array) => void

export async function command([name = '', ...what]: readonly string[], options: Options, context: Context): Promise<ExitStatus> {
  const fields = fieldsOf(options, context.command)
  const numbers = fields && writeNumbers(name, fields, assignments(what, fields, options, context), context)
  if (!fields && what.length > 1) throw usageError(context.command, 'one file, or --layout and FIELD=VALUE')
  return withPage(name, 'write', context, async (page) => {
    const write = numbers ?? writeBytes(name, await readUpTo(what[0] ?? '-', PAGE_SIZE_MAX + 1), options)
    tellChange(await commit(page, write, options), context)
    return EXIT.ok
  })
}

async function commit(page: Page, write: Write, { expect }: Options): Promise<PageChange> {
  return page.update(({ version, bytes }: PageCopy) => {
    if (expect !== undefined && version !== expect) {
      throw new CommandError(`the page is of version ${version}, and not ${expect}`, EXIT.conflict, { subject: page.name, code: 'ESTALE' })
    }
    const before = Buffer.from(bytes)
    write(bytes)
    const changed = !before.equals(bytes)
    return { page: page.name, version: version + Number(changed), size: bytes.length, changed }
  })
}

function writeBytes(name: string, data: Uint8Array, { at }: Options): Write {
  return (bytes) => {
    const offset = at ?? 0
    if (offset + data.length > bytes.length) throw tooMany(name, data.length, offset, bytes.length)
    if (at === undefined) bytes.fill(0)
    bytes.set(data, offset)
  }
}

function tooMany(name: string, count: number, at: number, size: number): CommandError {
  const bytes = count > PAGE_SIZE_MAX ? `more than ${PAGE_SIZE_MAX} bytes` : `${count} bytes`
  return new CommandError(`${bytes}${at > 0 ? ` at ${at}` : ''}, and the page has ${size}`, EXIT.failure, { subject: name, code: 'EMSGSIZE' })
}

interface Assignment {
  readonly name: string
  readonly value: string
}

function assignments(what: readonly string[], fields: Fields, { at }: Options, { command }: Context): Assignment[] {
  if (at !== undefined) throw usageError(command, 'either --at or --layout')
  if (what.length === 0) throw usageError(command, 'say what is to be written: FIELD=VALUE')
  const names = new Set<string>()
  return what.map((text) => {
    const [, name, value = ''] = /^([^=]+)=(.*)$/.exec(text) ?? []
    if (name === undefined) throw usageError(command, `with --layout it is FIELD=VALUE, and not '${text}'`)
    asUsage(command, () => fields.named(name))
    if (names.has(name)) throw usageError(command, `${name} has a value already`)
    names.add(name)
    return { name, value }
  })
}

function writeNumbers(page: string, fields: Fields, assigned: readonly Assignment[], { command }: Context): Write {
  return (bytes) => {
    const values = fields.over(bytes, page)
    for (const { name, value } of assigned) asUsage(command, () => { values.set(fields.named(name), value) }, `${name}: `)
  }
}

/** What is wrong with a number was wrong on the command line. */
function asUsage<Result>(command: string, work: () => Result, where = ''): Result {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw usageError(command, `${where}${error.message}`)
  }
}
