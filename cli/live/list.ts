// SPDX-License-Identifier: MIT
// `list --watch`.

import type { Session, StateInfo } from '../client.ts'
import { palette } from '../color.ts'
import type { Context } from '../context.ts'
import { EXIT, type ExitStatus } from '../exit.ts'
import { follow } from '../follow.ts'
import { glyphs } from '../glyphs.ts'
import type { Options } from '../options.ts'
import { DISPENSABLE, usualColumns } from '../output/columns.ts'
import type { Form } from '../output/form.ts'
import { plainTable } from '../output/plain.ts'
import { printTable, statesDocument } from '../output/states.ts'
import { View } from './view.ts'
import { changedListings, INTERVAL, watchOnScreen } from './watch.ts'

type List = () => Promise<StateInfo[]>

export async function watchList(session: Session, list: List, form: Form<StateInfo>, options: Options, context: Context): Promise<ExitStatus> {
  return context.stdout.movesCursor && !context.json
    ? onScreen(session, list, form, options, context)
    : asLines(session, list, form, options, context)
}

/** What was shown last stays behind in the terminal. */
async function onScreen(session: Session, list: List, form: Form<StateInfo>, options: Options, context: Context): Promise<ExitStatus> {
  const { stringWidth } = await import('../output/terminal.ts')
  const { interval = INTERVAL, sort = 'name', reverse = false } = options
  const view = new View<StateInfo>({
    columns: form.columns ?? usualColumns(),
    sort,
    reverse,
    dispensable: form.columns ? [] : DISPENSABLE,
    colors: await palette(context.stdout.color),
    glyphs: glyphs(process.env),
    measure: stringWidth,
    tone: (column, { errors }) => (column === 'errors' && errors > 0 ? 'notable' : undefined),
  })
  let states: StateInfo[] = []
  const look = async () => {
    states = await list()
    return { rows: states }
  }
  const status = await watchOnScreen(session, view, look, interval, context)
  if (status !== EXIT.hangup) await printTable(states, form, context)
  return status
}

/** A listing for each change, with an empty line between; in JSON a document for each. */
async function asLines(session: Session, list: List, form: Form<StateInfo>, { interval = INTERVAL }: Options, { stdout, json }: Context): Promise<ExitStatus> {
  const colors = await palette(stdout.color)
  let between = ''
  const print = (states: StateInfo[]): string => {
    if (json) return statesDocument(states, session)
    const text = between + plainTable(states, form.columns ?? usualColumns(), form.header, colors)
    between = '\n'
    return text
  }
  const items = (signal: AbortSignal) => changedListings((until) => session.monitor({ signal: until }), list, { interval, signal })
  const { status } = await follow({ items, print }, stdout)
  return status ?? EXIT.ok
}
