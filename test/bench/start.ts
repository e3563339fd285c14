// SPDX-License-Identifier: MIT
// How long a command takes, start and end of its process included.

import type { Session } from '../../native/addon/index.ts'
import { interleave, type Row } from './ratio.ts'
import { Stopwatch } from './stopwatch.ts'

const ROUNDS = { warmUp: 2, rounds: 15 }
/** There is something to list. */
const STATES = ['bench-start-1', 'bench-start-2', 'bench-start-3']
const COMMANDS = [['list', '--json'], ['--help']] as const

export async function* start(session: Session): AsyncGenerator<Row> {
  for (const name of STATES) await session.newState(name, { handle: false })
  for (const command of COMMANDS) yield await against(command)
  for (const name of STATES) await session.closeState(name)
}

/** Against Node alone, which does nothing. */
async function against(command: readonly string[]): Promise<Row> {
  const ours = new Stopwatch('processes', 'lunatikctl', ...command)
  const theirs = new Stopwatch('processes', 'node', '-e', '0')
  const inMilliseconds = async (stopwatch: Stopwatch): Promise<number> => (await stopwatch.time('start', 1)) / 1e3
  const pairs = await interleave(
    ROUNDS,
    () => inMilliseconds(ours),
    () => inMilliseconds(theirs),
  )
  await ours.close()
  await theirs.close()
  return { name: `lunatikctl ${command.join(' ')}`, against: 'node -e 0', limit: 1.2, unit: 'ms', pairs }
}
