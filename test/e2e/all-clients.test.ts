// SPDX-License-Identifier: MIT
// Programs in C, Node and Lua, and by YNL, at work at once: on one state, and each on one of its own. What one holds the others
// are refused; and whatever of them is killed, at whatever moment, leaves nothing.

import assert from 'node:assert/strict'
import { spawn, type ChildProcessByStdio } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { after } from 'node:test'
import { behaviour, eventually, Program, sleep, SLOWNESS, type Place } from './guest.ts'
import { CONTRACT, PYTHON, YNL } from './ynl.ts'

/** A program at work. */
interface Worker {
  /** Waits until it says this. */
  says(words: string): Promise<void>
  /** All that it says until it ends by itself. */
  toItsEnd(): Promise<string>
  /** Whatever it is doing. It must not have ended before. */
  kill(): Promise<void>
}

class ProgramWorker implements Worker {
  readonly #program: Program

  constructor(argv: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.#program = new Program(argv, { env })
  }

  says(words: string): Promise<void> {
    return this.#program.printed(`${words}\n`)
  }

  async toItsEnd(): Promise<string> {
    const { status, stdout, stderr } = await this.#program.ended
    assert.deepEqual({ status, stderr }, { status: 0, stderr: '' })
    return stdout
  }

  async kill(): Promise<void> {
    this.#program.kill('SIGKILL')
    const { signal, stderr } = await this.#program.ended
    assert.equal(signal, 'SIGKILL', stderr)
  }
}

/** One Python for all of its workers: see test/ynl/worker.py. */
class YnlWorkers {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>
  readonly #heard: string[] = []
  readonly #working = new Set<number>()
  #partial = ''
  #errors = ''

  constructor() {
    this.#child = spawn(PYTHON, ['test/ynl/worker.py', YNL, CONTRACT], { stdio: ['pipe', 'pipe', 'pipe'] })
    this.#child.stdout.on('data', (data: Buffer) => {
      const lines = (this.#partial + data.toString()).split('\n')
      this.#partial = lines.pop() ?? ''
      this.#heard.push(...lines)
    })
    this.#child.stderr.on('data', (data: Buffer) => { this.#errors += data.toString() })
  }

  start(args: readonly string[]): Worker {
    let pid: Promise<number> | undefined
    const started = this.#heard.length
    const [seed = ''] = args
    this.#child.stdin.write(`${args.join(' ')}\n`)
    const number = (): Promise<number> => (pid ??= this.#hear(started, new RegExp(`^(\\d+) has ${seed}$`)).then((found) => {
      this.#working.add(Number(found))
      return Number(found)
    }))
    return {
      says: async (words) => { await this.#hear(started, new RegExp(`^${await number()} (${words})$`)) },
      toItsEnd: async () => {
        const mine = `${await number()} `
        await this.#hear(started, new RegExp(`^${mine}(over)$`))
        this.#working.delete(parseInt(mine))
        const said = this.#heard.slice(started).filter((line) => line.startsWith(mine)).map((line) => line.slice(mine.length))
        return said.slice(1, -1).map((line) => `${line}\n`).join('')
      },
      kill: async () => {
        const mine = await number()
        assert.ok(isThere(mine), this.#errors)
        await this.#kill(mine)
      },
    }
  }

  /** After a test that failed: nobody else knows them. */
  async killAll(): Promise<void> {
    for (const pid of this.#working) if (isThere(pid)) await this.#kill(pid)
  }

  async #kill(pid: number): Promise<void> {
    process.kill(pid, 'SIGKILL')
    await eventually('it has ended', () => Promise.resolve(!isThere(pid)))
    this.#working.delete(pid)
  }

  end(): void {
    this.#child.stdin.end()
  }

  /** What the first group of it is in the line that fits, once there is one. */
  async #hear(from: number, line: RegExp): Promise<string> {
    let found: string | undefined
    await eventually(`${line.source} is said`, () => {
      found = this.#heard.slice(from).map((words) => line.exec(words)?.[1]).find((group) => group !== undefined)
      assert.equal(this.#errors, '')
      return Promise.resolve(found !== undefined)
    }, 60 * SLOWNESS)
    return found ?? ''
  }
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

let ynl: YnlWorkers | undefined
after(() => ynl?.end())

const LUA_ENV = { LUA_CPATH: `${process.cwd()}/build/lua5.4/?.so;;` }

const KINDS: Readonly<Record<string, (args: readonly string[]) => Worker>> = {
  C: (args) => new ProgramWorker(['build/test/worker', ...args]),
  Node: (args) => new ProgramWorker(['node', 'build/test/worker.cjs', ...args]),
  Lua: (args) => new ProgramWorker(['lua5.4', 'test/e2e/worker.lua', ...args], LUA_ENV),
  YNL: (args) => (ynl ??= new YnlWorkers()).start(args),
}

/** Nothing holds a state but the namespace, and pins; no socket has anything there. */
async function nothingLeft(place: Place, name: string): Promise<void> {
  const { session } = place
  await eventually(`nobody holds ${name}`, async () => {
    const { users, pins, inuse } = await session.show(name)
    return users === 1 + pins && inuse === null
  })
  await eventually('no socket has handles, uploads or subscriptions', async () => (await session.info()).sessions === 0)
}

// --- what is whose ---

for (const [holder, hold] of Object.entries(KINDS)) {
  behaviour(`of a state that ${holder} holds the others may do nothing but list it; of one that is pinned they may not close it`, async (place) => {
    place.afterwards(() => ynl?.killAll())
    const name = await place.newState()
    const held = hold(['1', 'hold', name])
    await held.says('holds')
    const contenders = Object.values(KINDS).map((contend) => contend(['2', 'contend', name]))
    for (const said of await Promise.all(contenders.map((contender) => contender.toItsEnd()))) {
      const [first, ...ends] = said.trim().split('\n')
      assert.equal(first, 'at work')
      assert.equal(ends.pop(), 'list ok')
      assert.ok(ends.length > 0)
      for (const end of ends) assert.match(end, /^[a-z]+ EBUSY$/, said)
    }
    assert.deepEqual((await place.session.show(name)).pins, 0)
    await held.kill()
    await nothingLeft(place, name)
    await place.session.pin(name)
    const closer = hold(['3', 'close', name])
    assert.equal(await closer.toItsEnd(), 'at work\nclose EBUSY\n')
    await nothingLeft(place, name)
    await place.session.unpin(name)
  })
}

// --- whatever is killed ---

/** `make soak` asks for more. */
const KILLS = Number(process.env['LUNATIK_KILLS'] ?? 100)
const ROUNDS_OF_A_TEST = 5
/** So many of each in a round: of Node one, since its start takes longer than all else. */
const WORKERS: Readonly<Record<string, number>> = { C: 3, Node: 1, Lua: 3, YNL: 3 }
const KILLS_OF_A_ROUND = Object.values(WORKERS).reduce((sum, count) => sum + count)

const OPERATIONS = 'handle,upload,message,receive,list'
const MORE: Readonly<Record<string, string>> = { C: ',run,pin,set', Node: ',run,pin,set', Lua: '', YNL: ',run,pin,set' }

/** Reads what waits there, and none does afterwards. */
async function drain(place: Place, name: string): Promise<void> {
  const messages = place.session.receive(name)
  while ((await place.session.show(name)).queued > 0) await messages.next()
  await messages.return?.()
}

/**
 * All of a round at work; each knows what it has written into a state by its number. Node comes first: beside the others,
 * who never rest, its start would take a quarter of a minute.
 */
async function startRound(round: number, shared: string, own: ReadonlyMap<string, string>): Promise<Worker[]> {
  let number = round * KILLS_OF_A_ROUND
  const start = async (kind: string): Promise<Worker[]> => {
    const args = [OPERATIONS + (MORE[kind] ?? ''), shared, own.get(kind) ?? '']
    const workers = Array.from({ length: WORKERS[kind] ?? 0 }, () => KINDS[kind]?.([String(number++), ...args])).filter((worker) => worker !== undefined)
    await Promise.all(workers.map((worker) => worker.says('at work')))
    return workers
  }
  const first = await start('Node')
  const others = await Promise.all(Object.keys(KINDS).filter((kind) => kind !== 'Node').map(start))
  return [...first, ...others.flat()]
}

const tests = Math.ceil(KILLS / KILLS_OF_A_ROUND / ROUNDS_OF_A_TEST)
for (let number = 1; number <= tests; number++) {
  behaviour(`clients of all kinds that work at once, killed at any moment, leave nothing but pins (${number} of ${tests})`, async (place) => {
    const { session } = place
    place.afterwards(() => ynl?.killAll())
    const before = (await session.info()).memory
    const shared = await place.newState()
    const own = new Map<string, string>()
    for (const kind of Object.keys(KINDS)) own.set(kind, await place.newState())
    const names = [shared, ...own.values()]
    for (let round = 0; round < ROUNDS_OF_A_TEST; round++) {
      const workers = await startRound(number * ROUNDS_OF_A_TEST + round, shared, own)
      // All of them at once for a moment; then each is killed at one of its own.
      await sleep(100)
      await Promise.all(workers.map(async (worker) => {
        await sleep(Math.random() * 300)
        await worker.kill()
      }))
      for (const name of names) await nothingLeft(place, name)
    }
    for (const name of names) {
      const { pins } = await session.show(name)
      assert.ok(pins <= KILLS_OF_A_ROUND * ROUNDS_OF_A_TEST)
      for (let i = 0; i < pins; i++) await session.unpin(name)
      await drain(place, name)
      await session.set(name, { maxalloc: 2 ** 20 })
      assert.deepEqual((await session.run(name, 'return 1', { budget: 10 * SLOWNESS })).values, [1])
      await session.closeState(name)
    }
    await eventually('memory is what it was', async () => (await session.info()).memory === before)
  })
}
