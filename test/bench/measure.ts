// SPDX-License-Identifier: MIT
// Runs in the guest: measures the groups that its arguments name, and prints what it found as JSON. `run` calls it.

import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { open, type Session } from '../../native/addon/index.ts'
import { binding } from './binding.ts'
import { crowd } from './crowd.ts'
import { data } from './data.ts'
import { figuresOfPages, type Figure } from './figures.ts'
import { lua } from './lua.ts'
import { memory } from './memory.ts'
import { fromNode } from './node.ts'
import { operations } from './operations.ts'
import { pages } from './pages.ts'
import { summarize, type Row } from './ratio.ts'
import { start } from './start.ts'

/** All that one boot of the guest gave. */
export interface Measurement {
  readonly machine: Machine
  readonly groups: Readonly<Record<string, readonly Row[]>>
  readonly figures: readonly Figure[]
}

export interface Machine {
  readonly processor: string
  readonly cpus: number
  readonly kernel: string
  readonly module: string
  readonly branches: string
  readonly lua: string
  readonly node: string
}

const FOLDER = 'test/bench'

const GROUPS = new Map<string, (session: Session) => AsyncGenerator<Row>>([
  ['lua', (session) => lua(session, FOLDER)],
  ['operations', operations],
  ['node', fromNode],
  ['binding', binding],
  ['data', data],
  ['crowd', crowd],
  ['start', start],
  ['memory', memory],
  ['pages', pages],
])

async function describeMachine(session: Session): Promise<Machine> {
  const { kernel, module, branches, lua } = await session.info()
  const processor = /^model name\s*: (.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? 'unknown'
  return { processor, cpus: availableParallelism(), kernel, module, branches, lua, node: process.version }
}

async function measureGroup(name: string, session: Session): Promise<Row[]> {
  const group = GROUPS.get(name)
  if (!group) throw new Error(`no group ${name}: there are ${[...GROUPS.keys()].join(', ')}`)
  const rows: Row[] = []
  for await (const row of group(session)) {
    process.stderr.write(`bench: ${row.name}: ${summarize(row.pairs).ratio.toFixed(2)}\n`)
    rows.push(row)
  }
  return rows
}

async function measure(names: readonly string[]): Promise<Measurement> {
  const session = await open()
  const machine = await describeMachine(session)
  const groups: Record<string, Row[]> = {}
  for (const name of names) groups[name] = await measureGroup(name, session)
  session.close()
  return { machine, groups, figures: names.includes('pages') ? await figuresOfPages() : [] }
}

void measure(process.argv.slice(2)).then((measurement) => process.stdout.write(JSON.stringify(measurement)))
