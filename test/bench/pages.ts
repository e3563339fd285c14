// SPDX-License-Identifier: MIT
// Pages by the C library, against what each does at the least; and by scripts in states, against that library.

import { execFileSync } from 'node:child_process'
import { open, pages as library } from '../../native/addon/index.ts'
import { interleave, type Row } from './ratio.ts'
import { Stopwatch } from './stopwatch.ts'

const MODULES = ['kstate', 'lunatik_page'] as const
const STATE = 'bench-pages'
const ROUNDS = { warmUp: 50, rounds: 400 }
/** V8 compiles what runs often, and again what runs very often. */
const NODE_ROUNDS = { warmUp: 500, rounds: 400 }
const BATCH = 200
/** Of what has to wait for another thread. */
const WAKING_BATCH = 8

const ALONE = [
  { name: 'read a page, 4 KiB, C', operation: 'read', baseline: 'memcpy', against: 'memcpy of the same', limit: 1.25 },
  { name: 'commit a page, 4 KiB, C', operation: 'commit', baseline: 'call-and-copies', against: 'empty ioctl, two copies', limit: 1.5 },
] as const

async function* alone(): AsyncGenerator<Row> {
  const stopwatch = new Stopwatch('pages')
  for (const { name, operation, baseline, against, limit } of ALONE) {
    const pairs = await interleave(ROUNDS, () => stopwatch.time(operation, BATCH), () => stopwatch.time(baseline, BATCH))
    yield { name, against, limit, unit: 'µs', pairs }
  }
  await stopwatch.close()
}

async function* waking(): AsyncGenerator<Row> {
  const stopwatch = new Stopwatch('pages', 'waking')
  const pairs = await interleave(
    ROUNDS,
    () => stopwatch.time('wake-page', WAKING_BATCH),
    () => stopwatch.time('wake-eventfd', WAKING_BATCH),
  )
  yield { name: "wake a page's watcher, and hear of it", against: 'eventfd to poll, likewise', limit: 1.2, unit: 'µs', pairs }
  await stopwatch.close()
}

/** Microseconds that each takes. */
function timed(work: () => unknown): Promise<number> {
  const began = performance.now()
  for (let i = 0; i < BATCH; i++) work()
  return Promise.resolve(((performance.now() - began) * 1e3) / BATCH)
}

async function* inNode(): AsyncGenerator<Row> {
  using page = await library.open('bench')
  await page.update(({ bytes }) => { bytes.fill(1) })
  const [from, room] = [page.read().bytes, new Uint8Array(page.size)]
  const pairs = await interleave(NODE_ROUNDS, () => timed(() => page.read(room)), () => timed(() => { room.set(from) }))
  yield { name: 'read a page, 4 KiB, Node', against: 'Uint8Array.set of the same', limit: 1, unit: 'µs', pairs }
}

const UPDATES = `
  local page = assert(require "page".open "bench.lua")
  local function add(view) view:setu64(0, view:getu64(0) + 1) end
  function update(count) for _ = 1, count do page:update(add) end end`

async function* inStates(): AsyncGenerator<Row> {
  const stopwatch = new Stopwatch('pages')
  const session = await open()
  await session.newState(STATE, { handle: false })
  await session.run(STATE, UPDATES)
  const updates = async () => ((await session.run(STATE, `update(${BATCH})`)).time * 1e6) / BATCH
  const pairs = await interleave(ROUNDS, updates, () => stopwatch.time('commit', BATCH))
  yield { name: 'update a page, 4 KiB, Lua in a state', against: 'commit it, C', limit: undefined, unit: 'µs', pairs }
  await session.closeState(STATE)
  session.close()
  await stopwatch.close()
}

export async function* pages(): AsyncGenerator<Row> {
  for (const module of MODULES) execFileSync('insmod', [`build/stock/${module}.ko`])
  yield* alone()
  yield* waking()
  yield* inNode()
  yield* inStates()
  for (const module of MODULES.toReversed()) execFileSync('rmmod', [module])
}
