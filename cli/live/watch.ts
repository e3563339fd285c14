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

/** Shows what `look` has put into the view, until a key or a signal ends it. */
export async function watchOnScreen<Row>(
  session: Session,
  view: View<Row>,
  look: () => Promise<void>,
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
    for await (const _ of looks(session.monitor({ signal: ending.signal }), { interval, signal: ending.signal })) {
      await look()
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
  for await (const _ of looks(events(pace.signal), pace)) {
    const states = await list()
    const now = JSON.stringify(states.map((state) => ({ ...state, age: 0 })))
    if (now !== before) yield states
    before = now
  }
}
