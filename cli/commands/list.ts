// SPDX-License-Identifier: MIT

import type { StateInfo } from '../client.ts'
import type { Context } from '../context.ts'
import { usageError } from '../errors.ts'
import { EXIT, type ExitStatus } from '../exit.ts'
import { nearest } from '../nearest.ts'
import type { Options } from '../options.ts'
import type { Column } from '../output/column.ts'
import { COLUMN_NAMES, findColumn } from '../output/columns.ts'
import { printStatesAsJson, printTable } from '../output/states.ts'

export async function command([pattern]: readonly string[], options: Options, context: Context): Promise<ExitStatus> {
  const { output } = options
  if (output && context.json) throw usageError('list', '--json prints every column; -o chooses for tables only')
  const columns = output?.map(columnNamed)
  return context.withSession(async (session) => {
    const states = await session.list(pattern)
    if (context.json) {
      printStatesAsJson(states, session, context)
      return EXIT.ok
    }
    const bareNames = output?.length === 1 && output[0] === 'name'
    await printTable({ states, columns, header: (options.header ?? true) && !bareNames }, context)
    if (states.length === 0 && context.stdout.isTerminal) context.warn(nothingFound(pattern))
    return EXIT.ok
  })
}

function columnNamed(name: string): Column<StateInfo> {
  const column = findColumn(name)
  if (column) return column
  const [near] = nearest(name, COLUMN_NAMES)
  const advice = near === undefined ? `there are ${COLUMN_NAMES.join(', ')}` : `did you mean ${near}?`
  throw usageError('list', `no column '${name}': ${advice}`)
}

function nothingFound(pattern: string | undefined): string {
  return pattern === undefined ? 'no states in this namespace' : `no states that fit '${pattern}'`
}
