// SPDX-License-Identifier: MIT

import type { Context } from '../context.ts'
import { usageError } from '../errors.ts'
import { EXIT, type ExitStatus } from '../exit.ts'
import type { Options } from '../options.ts'
import { COLUMNS } from '../output/columns.ts'
import { checkForm, formOf } from '../output/form.ts'
import { ordering } from '../output/sort.ts'
import { printStatesAsJson, printTable } from '../output/states.ts'

export async function command([pattern]: readonly string[], options: Options, context: Context): Promise<ExitStatus> {
  check(options, context)
  if (options.allNetns) {
    const { listEverywhere } = await import('../everywhere.ts')
    return listEverywhere(pattern, options, context)
  }
  const form = formOf(options, COLUMNS, context)
  const inOrder = ordering(options, COLUMNS, 'list')
  return context.withSession(async (session) => {
    const list = async () => inOrder(await session.list(pattern))
    if (options.watch) {
      const { watchList } = await import('../live/list.ts')
      return watchList(session, list, form, options, context)
    }
    const states = await list()
    if (context.json) printStatesAsJson(states, session, context)
    else await printTable(states, form, context)
    if (states.length === 0 && context.stdout.isTerminal) context.warn(nothingFound(pattern))
    return EXIT.ok
  })
}

function check(options: Options, context: Context): void {
  const { watch, interval } = options
  checkForm(options, context)
  if (interval !== undefined && !watch) throw usageError('list', '--interval is for --watch')
}

function nothingFound(pattern: string | undefined): string {
  return pattern === undefined ? 'no states in this namespace' : `no states that fit '${pattern}'`
}
