// SPDX-License-Identifier: MIT
// Lua in the kernel against Debian's lua5.4: the same files, each time in a new machine on both sides, by the time that
// each tells of itself, so that neither the start of a process nor the way into the kernel counts.

import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import type { Session } from '../../native/addon/index.ts'
import { interleave, type Row } from './ratio.ts'

const STATE = 'bench-lua'
const MAXALLOC = 64 << 20
const ROUNDS = { warmUp: 1, rounds: 31 }
/** Of running time; quality.md. */
const LIMITS = { plain: 1.1, retpoline: 1.5 }

const run = promisify(execFile)

interface Timed {
  readonly micros: number
  /** What the file returned: the same everywhere. */
  readonly answer: number
}

async function inKernel(session: Session, file: string, code: string): Promise<Timed> {
  await session.newState(STATE, { handle: false, maxalloc: MAXALLOC })
  try {
    const { time, values } = await session.run(STATE, code, { chunkName: `@${basename(file)}`, budget: 0 })
    return { micros: time * 1e6, answer: Number(values[0]) }
  } finally {
    await session.closeState(STATE)
  }
}

async function inUserSpace(folder: string, file: string): Promise<Timed> {
  const { stdout } = await run('lua5.4', [join(folder, 'stock-lua.lua'), file])
  const [seconds = '', answer = ''] = stdout.trimEnd().split(' ')
  return { micros: Number(seconds) * 1e6, answer: Number(answer) }
}

async function compare(session: Session, folder: string, file: string, limit: number): Promise<Row> {
  const code = readFileSync(file, 'utf8')
  const answers = new Set<number>()
  const note = ({ micros, answer }: Timed): number => {
    answers.add(answer)
    return micros / 1e3
  }
  const pairs = await interleave(
    ROUNDS,
    async () => note(await inKernel(session, file, code)),
    async () => note(await inUserSpace(folder, file)),
  )
  if (answers.size !== 1) throw new Error(`${file}: not everybody's result is the same: ${[...answers].join(', ')}`)
  return { name: basename(file, '.lua'), against: 'lua5.4', limit, unit: 'ms', pairs }
}

/** @param folder test/bench */
export async function* lua(session: Session, folder: string): AsyncGenerator<Row> {
  const { branches } = await session.info()
  const files = readdirSync(join(folder, 'lua')).toSorted()
  for (const file of files) yield await compare(session, folder, join(folder, 'lua', file), LIMITS[branches])
}
