// SPDX-License-Identifier: MIT
// Runs the scripts of one kind, and sees to it after every single one that nothing is worse than before:
//
//  - the error is one of those that the script says, and came within its budget and SLACK;
//  - the state takes the next chunk, holds what it held when it was new, has nobody in it, and can be closed;
//  - other states and both processors went on meanwhile (pulse.c): none waited longer than PAUSE;
//  - nothing that came out, printed, returned or told as an error, has an address of the kernel's in it;
//  - the kernel's log has no new complaint, and the namespace as much memory as before; the machine, after the lot.
//
// Times are those of an emulated machine with other work: a script that exceeds PAUSE has two more tries, as what is
// wrong with it is so each time.

import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { LunatikError, open, type RunResult, type Session } from '../../native/addon/index.ts'
import { behaviour, eventually, failureOf, outputOf, Program, run, sleep, SLOWNESS, type Place } from '../e2e/guest.ts'
import { Log, memory, Pulse, type Pause } from './machine.ts'
import { scripts, type End, type Script, type Way } from './script.ts'
import { assertSecret } from './secrets.ts'

/** Seconds that a script may take beyond its budget. */
const SLACK = 1.5 * SLOWNESS
/** Milliseconds that other work may wait: on hardware it is one. */
const PAUSE = 500 * SLOWNESS
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
async function held(session: Session, state: string): Promise<number> {
  const { values } = await session.run(state, COLLECT, { budget: 20 * SLOWNESS })
  const { users, inuse, curralloc, peak, maxalloc } = await session.show(state)
  assert.deepEqual({ users, inuse }, { users: 1, inuse: null })
  assert.ok(curralloc <= maxalloc && peak <= maxalloc, `${curralloc} held, ${peak} at most, of ${maxalloc}`)
  const [bytes] = values
  assert.ok(typeof bytes === 'number')
  return bytes
}

async function byBudget({ session }: Place, state: string, script: Script): Promise<void> {
  const { error, result, seconds } = await attempt(session, state, script)
  assertEnd(script, error)
  assert.ok(seconds < script.budget * SLOWNESS + SLACK, `took ${seconds.toFixed(1)} s`)
  assertSecret([error?.message, error?.detail, error?.value, result?.output, result?.values])
}

/** Another session cannot close the state, and can end what runs there. */
async function byAbort({ session }: Place, state: string, script: Script): Promise<void> {
  const other = await open()
  try {
    const run = failureOf(session.run(state, script.code, { budget: 0 }))
    await sleep(AT_WORK)
    assert.equal((await failureOf(other.closeState(state)))?.code, 'EBUSY')
    await other.abort(state)
    const began = performance.now()
    const error = await run
    assert.equal(error?.code, 'EINTR', error?.detail)
    assert.ok(performance.now() - began < 1000 * SLACK, 'took too long to end')
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
async function byClient({ session }: Place, state: string, script: Script): Promise<void> {
  const program = await client(state, script)
  assert.notEqual((await session.show(state)).inuse, null, 'it ended by itself')
  program.kill('SIGKILL')
  await program.ended
  await eventually('the state is free', async () => (await session.show(state)).users === 1, SLACK)
}

/** So is the last one in its namespace. */
async function byNamespace(_: Place, __: string, script: Script): Promise<void> {
  await outputOf('ip', 'netns', 'add', 'doomed')
  try {
    const session = await open({ netns: 'doomed' })
    await session.newState('attacked', { maxalloc: script.maxallocs.at(-1) })
    session.close()
    const program = await client('doomed/attacked', script)
    await outputOf('ip', 'netns', 'del', 'doomed')
    program.kill('SIGKILL')
    assert.equal((await program.ended).signal, 'SIGKILL')
  } finally {
    await run(['ip', 'netns', 'del', 'doomed'])
  }
}

const BY: Readonly<Record<Way, (place: Place, state: string, script: Script) => Promise<void>>> = {
  budget: byBudget, abort: byAbort, client: byClient, namespace: byNamespace,
}

/** The chunk that a script is to make, made in a state of its own. */
async function made({ session }: Place, script: Script): Promise<Script> {
  if (!script.makesChunk) return script
  await session.newState('maker', { maxalloc: 64 * 1024 * 1024 })
  const { values } = await session.run('maker', script.code, { budget: 20 * SLOWNESS })
  await session.closeState('maker')
  const [code] = values
  assert.ok(typeof code === 'string' || code instanceof Uint8Array, 'it makes no chunk')
  return { ...script, code }
}

async function once(place: Place, script: Script, maxalloc: number, way: Way): Promise<void> {
  const { session } = place
  const state = await place.newState({ maxalloc })
  const fresh = await held(session, state)
  for (const code of script.first) await session.run(state, code, { budget: 20 * SLOWNESS })
  await BY[way](place, state, script)
  const after = await held(session, state)
  assert.ok(script.keepsMemory || after < fresh + HELD_SLACK, `the state held ${fresh} bytes, and holds ${after}`)
  await place.leave()
}

class Machine {
  readonly log = new Log()
  readonly pulse = new Pulse(NETNS)
  longest: Pause = { processor: 0, state: 0 }

  note(pause: Pause): void {
    this.longest = {
      processor: Math.max(this.longest.processor, pause.processor),
      state: Math.max(this.longest.state, pause.state),
    }
  }
}

const TRIES = 3

async function attack(place: Place, machine: Machine, script: Script): Promise<void> {
  const { memory: before } = await place.session.info()
  const chunk = await made(place, script)
  const pauses: Pause[] = []
  for (let tries = 0; tries < TRIES; tries++) {
    await machine.pulse.longest()
    for (const maxalloc of script.maxallocs) for (const way of script.ways) await once(place, chunk, maxalloc, way)
    const pause = await machine.pulse.longest()
    pauses.push(pause)
    if (Math.max(pause.processor, pause.state) < PAUSE) break
  }
  const last = pauses.at(-1)
  assert.ok(last !== undefined)
  assert.ok(Math.max(last.processor, last.state) < PAUSE, `others waited, each time, milliseconds: ${JSON.stringify(pauses)}`)
  machine.note(last)
  machine.log.assertClean()
  await eventually('the memory of the namespace is back', async () => (await place.session.info()).memory === before, 5)
}

/** A test for each script of test/attacks/KIND. */
export function attacks(kind: string): void {
  let machine: Machine | undefined
  let lot: Awaited<ReturnType<typeof memory>> | undefined
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
    const { processor, state } = machine.longest
    process.stdout.write(`  ${kind}: ${await lot.assertBack()}; a processor was waited for ${processor.toFixed(0)} ms at most, a state ${state.toFixed(0)} ms (of ${PAUSE})\n`)
  })
  after(async () => {
    await machine?.pulse.stop()
    machine?.log.close()
    await outputOf('ip', 'netns', 'del', NETNS)
  })
}
