// SPDX-License-Identifier: MIT
// One transaction from what the editor is shown to what is committed: whoever was faster meanwhile is found out at the end.

import { LunatikError, type Page, type Transaction } from '../../client.ts'
import type { Context } from '../../context.ts'
import { CommandError, usageError } from '../../errors.ts'
import { EXIT, exitStatus, type ExitStatus } from '../../exit.ts'
import type { Options } from '../../options.ts'
import { tellChange, type PageChange } from '../../output/pages.ts'
import { bytesText, fieldsText, TextError, type EditText } from '../../page/edit-text.ts'
import { EditedFile, editorFailure, editorOf } from '../../page/editor.ts'
import { fieldsOf } from '../../page/fields.ts'
import { withPage } from '../../page/open.ts'

export async function command([name = '']: readonly string[], options: Options, context: Context): Promise<ExitStatus> {
  if (context.line) throw usageError(context.command, 'an editor is nothing for a batch')
  const fields = fieldsOf(options, context.command)
  return withPage(name, 'write', context, async (page) => {
    const transaction = page.start()
    try {
      const text = fields ? fieldsText(fields, transaction.bytes, name) : bytesText(transaction.bytes)
      tellChange(await edit(page, transaction, text), context)
      return EXIT.ok
    } finally {
      transaction.abort()
    }
  })
}

async function edit(page: Page, transaction: Transaction, text: EditText): Promise<PageChange> {
  const { version, bytes } = transaction
  const shown = [`page ${page.name}, version ${version}, ${bytes.length} bytes`, ...text.help].map((line) => `# ${line}\n`).join('') + text.body
  const file = new EditedFile(`${page.name}.txt`, shown)
  const editor = editorOf(process.env)
  const failure = editorFailure(await file.edit(editor), editor)
  const edited = file.read()
  const before = Buffer.from(bytes)
  try {
    if (edited !== shown) {
      if (failure) throw failure
      text.apply(edited, bytes)
      await transaction.commit()
    }
  } catch (error) {
    throw kept(error, file, page, transaction)
  }
  file.remove()
  if (failure) throw failure
  const changed = !before.equals(bytes)
  return { page: page.name, version: version + Number(changed), size: bytes.length, changed }
}

/** The same failure, which says where the text is. */
function kept(error: unknown, { path }: EditedFile, page: Page, transaction: Transaction): unknown {
  const where = `what was edited is kept in ${path}`
  if (error instanceof TextError) return new CommandError(`${error.message}; what was edited is kept there`, EXIT.failure, { subject: `${path}:${error.line}` })
  if (error instanceof CommandError) return new CommandError(`${error.message}; ${where}`, error.status, error.details)
  if (!(error instanceof LunatikError)) return error
  const { code, message } = error
  const why = code === 'ESTALE' ? overtaken(page, transaction) : message
  return new CommandError(`${why}; ${where}`, exitStatus(code), { subject: page.name, code })
}

function overtaken(page: Page, transaction: Transaction): string {
  const { version, bytes } = page.read()
  const [was, is] = [transaction.bytes.length, bytes.length].map((size, _, sizes) => (sizes[0] === sizes[1] ? '' : ` with ${size} bytes`))
  return `somebody else has changed the page since: it was version ${transaction.version}${was}, and is ${version}${is} now`
}
