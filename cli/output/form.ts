// SPDX-License-Identifier: MIT
// What -o and --no-header make of a table.

import type { Context } from '../context.ts'
import { usageError } from '../errors.ts'
import type { Options } from '../options.ts'
import type { Column } from './column.ts'
import { columnNamed } from './columns.ts'

export interface Form<Item> {
  /** undefined for the usual ones */
  readonly columns: readonly Column<Item>[] | undefined
  readonly header: boolean
}

/** @throws {CommandError} */
export function checkForm({ output }: Options, { command, json }: Context): void {
  if (output && json) throw usageError(command, '--json prints every column; -o chooses for tables only')
}

/**
 * Of columns that have one called name, by itself without a header, for scripts.
 * @throws {CommandError} for a column that there is not
 */
export function formOf<Item>({ output, header = true }: Options, columns: readonly Column<Item>[], { command }: Context): Form<Item> {
  const bareNames = output?.length === 1 && output[0] === 'name'
  return { columns: output?.map((name) => columnNamed(name, columns, command)), header: header && !bareNames }
}
