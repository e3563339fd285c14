// SPDX-License-Identifier: MIT
// `list --all-netns`: the states of every network namespace.

import { LunatikError, open, type StateInfo } from './client.ts'
import type { Context } from './context.ts'
import { counted } from './counted.ts'
import { usageError } from './errors.ts'
import { EXIT, type ExitStatus } from './exit.ts'
import { findNamespaces, type Namespace } from './namespaces.ts'
import type { Options } from './options.ts'
import { text, type Column } from './output/column.ts'
import { COLUMNS, DISPENSABLE, usualColumns } from './output/columns.ts'
import { formOf } from './output/form.ts'
import { document, stateToJson } from './output/json.ts'
import { ordering } from './output/sort.ts'
import { tableText } from './output/states.ts'

/** A state, and where it is. */
interface Placed extends StateInfo {
  readonly netns: Namespace
}

const NETNS: Column<Placed> = text('netns', ({ netns }) => netns.name)
const ALL: readonly Column<Placed>[] = [NETNS, ...COLUMNS]

export async function listEverywhere(pattern: string | undefined, options: Options, context: Context): Promise<ExitStatus> {
  const { watch, sort } = options
  if (watch) throw usageError('list', '--watch is of one namespace, and not of all')
  if (context.netns !== undefined) throw usageError('list', 'either --netns or --all-netns')
  const { columns, header } = formOf(options, ALL, context)
  const inOrder = ordering({ ...options, sort: sort ?? 'netns' }, ALL, 'list')
  const { states, failures, hidden } = await gather(pattern)
  const found = inOrder(states)
  const { stdout, json } = context
  if (json) stdout.write(document({ states: found.map((state) => ({ ...stateToJson(state), netns: state.netns.inode, netns_name: state.netns.name })) }))
  else stdout.write(await tableText(found, columns ?? [NETNS, ...usualColumns()], { header, dispensable: columns ? [] : DISPENSABLE }, stdout))
  if (hidden > 0) context.warn(`the namespaces of ${counted(hidden, 'process', 'processes')} may not be seen: permission denied`)
  if (states.length === 0 && failures.length === 0 && stdout.isTerminal) context.warn('no states in any namespace')
  if (failures.length > 0) throw new AggregateError(failures)
  return EXIT.ok
}

interface Gathered {
  readonly states: Placed[]
  readonly failures: LunatikError[]
  readonly hidden: number
}

async function gather(pattern: string | undefined): Promise<Gathered> {
  const { namespaces, hidden } = findNamespaces()
  const states: Placed[] = []
  const failures: LunatikError[] = []
  for (const netns of namespaces) {
    try {
      for (const state of await listIn(netns, pattern)) states.push({ ...state, netns })
    } catch (error) {
      if (!(error instanceof LunatikError)) throw error
      // One that is gone has no states.
      if (!(error.operation === 'netns' && error.code === 'ENOENT')) failures.push(error)
      // Without the module or the privilege, the others are alike.
      if (error.operation !== 'netns' || error.code === 'EPERM') break
    }
  }
  return { states, failures, hidden }
}

async function listIn({ name }: Namespace, pattern: string | undefined): Promise<StateInfo[]> {
  const session = await open({ netns: name })
  try {
    return await session.list(pattern)
  } finally {
    session.close()
  }
}
