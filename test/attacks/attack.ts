// SPDX-License-Identifier: MIT
// Runs the scripts of one kind, and sees to it after every single one that nothing is worse than before:
//
//  - the error is one of those that the script says, and came within its budget and SLACK;
//  - no machine kept a processor to itself for longer than HELD, which the kernel's ticks tell (witness.c);
//  - the state takes the next chunk, holds what it held when it was new, has nobody in it, and can be closed;
//  - other states and both processors went on meanwhile (pulse.c): nothing waited longer than PAUSE;
//  - nothing that came out, printed, returned or told as an error, has an address of the kernel's in it;
//  - the kernel's log has no new complaint, and the namespace as much memory as before; the machine, after the lot.
//
// Times by the clock are those of an emulated machine with other work, which is at a standstill for a second at times: a
// script that is late has two more tries, as what is wrong with it is so each time.

import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { LunatikError, open, type RunResult, type Session } from '../../native/addon/index.ts'
import { behaviour, eventually, failureOf, outputOf, Program, run, sleep, SLOWNESS, type Place } from '../e2e/guest.ts'
import { Log, memory, Pulse } from './machine.ts'
import { scripts, type End, type Script, type Way } from './script.ts'
import { assertSecret } from './secrets.ts'
import { held, witnessed } from './witness.ts'

/** Seconds that a script may take beyond its budget. */
export const SLACK = 2 * SLOWNESS
/** Milliseconds that other work may wait, by the clock. */
const PAUSE = 2000 * SLOWNESS
/** Milliseconds that a machine may keep a processor: on hardware it is one, and a tick is four. */
const HELD = 60 * SLOWNESS
/** Bytes that a state may hold more than when it was new: tables of strings and stacks, which shrink by and by. */
const HELD_SLACK = 4096
/** When a script that is to be ended from outside is at work for sure, in milliseconds. */
const AT_WORK = 150 * SLOWNESS

const NETNS = 'pulse'
const COLLECT = 'for i = 1, 20 do collectgarbage() end return lunatik.curralloc()'

interface Attempt {
  readonly error: LunatikError | undefined
  readonly result: RunResult | undefined
  readonly seconds: number
}

async function attempt(session: Session, state: string, script: Script): Promise<Attempt> {
  const began = performance.now()
  const ended = (): number => (performance.now() - began) / 1000
  try {
    const result = await session.run(state, script.code, { budget: script.budget * SLOWNESS, chunkName: '=attack', exact: true })
    return { error: undefined, result, seconds: ended() }
  } catch (error) {
    if (!(error instanceof LunatikError)) throw error
    return { error, result: error.result, seconds: ended() }
  }
}

function isEnd({ code, words }: End, error: LunatikError | undefined): boolean {
  return code === error?.code && (error?.detail ?? error?.message ?? '').includes(words)
}

function assertEnd({ ends }: Script, error: LunatikError | undefined): void {
  const told = error === undefined ? 'well' : `${error.code} ${error.detail ?? error.message}`
  assert.ok(ends.some((end) => isEnd(end, error)), `it ends so: ${told}`)
}

/** Nothing is wrong with a state; returns what it holds, all garbage collected. */
async function holds(session: Session, state: string): Promise<number> {
  const { values } = await session.run(state, COLLECT, { budget: 20 * SLOWNESS })
  const { users, inuse, curralloc, peak, maxalloc } = await session.show(state)
  assert.deepEqual({ users, inuse }, { users: 1, inuse: null })
  assert.ok(curralloc <= maxalloc && peak <= maxalloc, `${curralloc} held, ${peak} at most, of ${maxalloc}`)
  const [bytes] = values
  assert.ok(typeof bytes === 'number')
  return bytes
}

/** Each returns how many seconds late the end was. */
type Ending = (place: Place, state: string, script: Script) => Promise<number>

async function byBudget({ session }: Place, state: string, script: Script): Promise<number> {
  const { error, result, seconds } = await attempt(session, state, script)
  assertEnd(script, error)
  assertSecret([error?.message, error?.detail, error?.value, result?.output, result?.values])
  return seconds - script.budget * SLOWNESS
}

/** Another session cannot close the state, and can end what runs there. */
async function byAbort({ session }: Place, state: string, script: Script): Promise<number> {
  const other = await open()
  try {
    const run = failureOf(session.run(state, script.code, { budget: 0 }))
    await sleep(AT_WORK)
    assert.equal((await failureOf(other.closeState(state)))?.code, 'EBUSY')
    await other.abort(state)
    const began = performance.now()
    const error = await run
    assert.equal(error?.code, 'EINTR', error?.detail)
    return (performance.now() - began) / 1000
  } finally {
    other.close()
  }
}

async function client(where: string, script: Script): Promise<Program> {
  const program = new Program(['build/test/client', where, '0'], { input: script.code })
  await program.printed('begun')
  await sleep(AT_WORK)
  return program
}

/** Whoever runs it is killed. */
async function byClient({ session }: Place, state: string, script: Script): Promise<number> {
  const program = await client(state, script)
  assert.notEqual((await session.show(state)).inuse, null, 'it ended by itself')
  const began = performance.now()
  program.kill('SIGKILL')
  await program.ended
  await eventually('the state is free', async () => (await session.show(state)).users === 1)
  return (performance.now() - began) / 1000
}

/** So is the last one in its namespace. */
async function byNamespace(_: Place, __: string, script: Script): Promise<number> {
  await outputOf('ip', 'netns', 'add', 'doomed')
  try {
    const session = await open({ netns: 'doomed' })
    await session.newState('attacked', { handle: false, maxalloc: script.maxallocs.at(-1) })
    session.close()
    const program = await client('doomed/attacked', script)
    await outputOf('ip', 'netns', 'del', 'doomed')
    const began = performance.now()
    program.kill('SIGKILL')
    assert.equal((await program.ended).signal, 'SIGKILL')
    return (performance.now() - began) / 1000
  } finally {
    await run(['ip', 'netns', 'del', 'doomed'])
  }
}

const BY: Readonly<Record<Way, Ending>> = {
  budget: byBudget, abort: byAbort, client: byClient, namespace: byNamespace,
}

/** The chunk that a script is to make, made in a state of its own. */
async function made({ session }: Place, script: Script): Promise<Script> {
  if (!script.makesChunk) return script
  await session.newState('maker', { handle: false, maxalloc: 64 * 1024 * 1024 })
  const { values } = await session.run('maker', script.code, { budget: 20 * SLOWNESS })
  await session.closeState('maker')
  const [code] = values
  assert.ok(typeof code === 'string' || code instanceof Uint8Array, 'it makes no chunk')
  return { ...script, code }
}

/** What a new state holds, by its limit: all are alike. */
const fresh = new Map<number, number>()

async function heldWhenNew(session: Session, state: string, maxalloc: number): Promise<number> {
  const bytes = fresh.get(maxalloc) ?? await holds(session, state)
  fresh.set(maxalloc, bytes)
  return bytes
}

async function once(place: Place, script: Script, maxalloc: number, way: Way): Promise<number> {
  const { session } = place
  const state = await place.newState({ maxalloc })
  const whenNew = await heldWhenNew(session, state, maxalloc)
  for (const code of script.first) await session.run(state, code, { budget: 20 * SLOWNESS })
  const late = await BY[way](place, state, script)
  const after = await holds(session, state)
  assert.ok(script.keepsMemory || after < whenNew + HELD_SLACK, `the state held ${whenNew} bytes, and holds ${after}`)
  await place.leave()
  return late
}

/** What one script, all its states and ways together, took from others. */
interface Toll {
  /** seconds beyond its budget, at the worst */
  readonly late: number
  /** milliseconds */
  readonly kept: number
  readonly processor: number
  readonly state: number
}

const BEARABLE: Toll = { late: SLACK, kept: HELD, processor: PAUSE, state: PAUSE }
const TRIES = 3

function worse(a: Toll, b: Toll): Toll {
  const worst = (key: keyof Toll): number => Math.max(a[key], b[key])
  return { late: worst('late'), kept: worst('kept'), processor: worst('processor'), state: worst('state') }
}

function isBearable({ late, kept, processor, state }: Toll): boolean {
  return late <= BEARABLE.late && kept <= BEARABLE.kept && processor <= BEARABLE.processor && state <= BEARABLE.state
}

function told({ late, kept, processor, state }: Toll): string {
  return `${late.toFixed(1)} s late, kept a processor for ${kept} ms, had others wait for one for ${processor.toFixed(0)} ms, for a state ${state.toFixed(0)} ms`
}

class Machine {
  readonly log = new Log()
  readonly pulse = new Pulse(NETNS)
  worst: Toll = { late: 0, kept: 0, processor: 0, state: 0 }

  /** What something takes that says how late it was. */
  async toll(work: () => Promise<number>): Promise<Toll> {
    await Promise.all([this.pulse.longest(), held()])
    const late = await work()
    return { late, kept: await held(), ...await this.pulse.longest() }
  }
}

/** In each of its states by its budget, and in the last one by whatever else ends it, which takes a while. */
async function each(place: Place, script: Script): Promise<number> {
  const last = script.maxallocs.length - 1
  let latest = 0
  for (const [index, maxalloc] of script.maxallocs.entries()) {
    for (const way of script.ways) {
      if (way === 'budget' || index === last) latest = Math.max(latest, await once(place, script, maxalloc, way))
    }
  }
  return latest
}

async function attack(place: Place, machine: Machine, script: Script): Promise<void> {
  const { memory: before } = await place.session.info()
  const chunk = await made(place, script)
  const tolls: Toll[] = []
  for (let toll: Toll | undefined; (toll === undefined || !isBearable(toll)) && tolls.length < TRIES; tolls.push(toll))
    toll = await machine.toll(() => each(place, chunk))
  const last = tolls.at(-1)
  assert.ok(last && isBearable(last), `each time:\n${tolls.map(told).join('\n')}`)
  machine.worst = worse(machine.worst, last)
  machine.log.assertClean()
  await eventually('the memory of the namespace is back', async () => (await place.session.info()).memory === before, 5)
}

/** A test for each script of test/attacks/KIND. */
export function attacks(kind: string): void {
  let machine: Machine | undefined
  let lot: Awaited<ReturnType<typeof memory>> | undefined
  witnessed()
  before(async () => {
    await outputOf('ip', 'netns', 'add', NETNS)
    machine = new Machine()
    lot = await memory()
  })
  for (const script of scripts(kind)) {
    behaviour(`${kind}: ${script.name}`, async (place) => {
      assert.ok(machine)
      await attack(place, machine, script)
    })
  }
  behaviour(`${kind}: the machine is what it was`, async () => {
    assert.ok(machine && lot)
    process.stdout.write(`  ${kind}: ${await lot.assertBack()}\n  at the worst: ${told(machine.worst)}\n  bearable is:  ${told(BEARABLE)}\n`)
  })
  after(async () => {
    await machine?.pulse.stop()
    machine?.log.close()
    await outputOf('ip', 'netns', 'del', NETNS)
  })
}
