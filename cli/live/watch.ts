// SPDX-License-Identifier: MIT
// States as they are, again and again: on a terminal a screen that follows them, elsewhere what changed.

import type { LunatikEvent, Session, StateInfo } from '../client.ts'
import type { Context } from '../context.ts'
import { EXIT, type ExitStatus } from '../exit.ts'
import { OutputError } from '../streams.ts'
import { looks, type Pace } from './pace.ts'
import { Screen } from './screen.ts'
import type { View } from './view.ts'

/** Seconds. */
export const INTERVAL = 2

type Events = (signal: AbortSignal) => AsyncIterable<LunatikEvent>

/** What a look gave: rows, and lines to show above them. */
export interface Seen<Row> {
  readonly rows: readonly Row[]
  readonly above?: readonly string[]
}

/** Shows what is seen, until a key or a signal ends it. */
export async function watchOnScreen<Row>(
  session: Session,
  view: View<Row>,
  look: () => Promise<Seen<Row>>,
  interval: number,
  { stdout }: Pick<Context, 'stdout'>,
): Promise<ExitStatus> {
  const ending = new AbortController()
  const end = (): void => { ending.abort() }
  let failure: OutputError | undefined
  const redraw = (): void => {
    try {
      screen.show(view.lines(screen))
    } catch (error) {
      if (!(error instanceof OutputError)) throw error
      failure = error
      end()
    }
  }
  const key = (name: string): void => {
    if (view.key(name)) redraw()
    else end()
  }
  const screen = new Screen(stdout, { key, redraw, end })
  try {
    const { signal } = ending
    for await (const { rows, above } of looks(session.monitor({ signal }), look, { interval, signal })) {
      view.update(rows, above)
      redraw()
    }
  } finally {
    screen.close()
  }
  if (failure && screen.status === undefined) throw failure
  return screen.status ?? EXIT.ok
}

/** Listings that differ from the one before in more than their ages. */
export async function* changedListings(events: Events, list: () => Promise<StateInfo[]>, pace: Pace): AsyncGenerator<StateInfo[], void> {
  let before: string | undefined
  for await (const states of looks(events(pace.signal), list, pace)) {
    const now = JSON.stringify(states.map((state) => ({ ...state, age: 0 })))
    if (now !== before) yield states
    before = now
  }
}
