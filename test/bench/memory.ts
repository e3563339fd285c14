// SPDX-License-Identifier: MIT
// What an idle state costs, against a lua_State of a process with the same libraries: memory.c measures.

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Pair, Row } from './ratio.ts'

const STATES = 1000
const ROUNDS = 7
const LIMIT = 1.2

const run = promisify(execFile)

export async function* memory(): AsyncGenerator<Row> {
  const { stdout } = await run(join(__dirname, 'memory'), [String(STATES), String(ROUNDS)])
  const rounds = stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' ').map(Number))
  const pairs = (ours: number, theirs: number): Pair[] =>
    rounds.map((figures) => [figures[ours] ?? NaN, figures[theirs] ?? NaN])
  const row = { against: 'lua_State', unit: 'bytes' } as const
  yield { ...row, name: 'idle state, as the system loses it', limit: LIMIT, pairs: pairs(0, 1) }
  yield { ...row, name: 'idle state, as both count themselves', limit: undefined, pairs: pairs(2, 3) }
  yield { ...row, name: "idle state's loss, against malloc()'s count", limit: undefined, pairs: pairs(0, 4) }
}
