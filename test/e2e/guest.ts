// SPDX-License-Identifier: MIT
// What the tests in the guest start from: states, the real lunatikctl and other programs, each with a time limit.

import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { test } from 'node:test'
import { LunatikError, open, type NewStateOptions, type RunResult, type Session, type StateInfo } from '../../native/addon/index.ts'

export const KERNEL = process.env['LUNATIK_KERNEL'] ?? 'stock'
export const MODULE = `build/${KERNEL}/lunatik.ko`

/** Emulated processors are slow, and a kernel that checks everything is several times slower. */
export const SLOWNESS = KERNEL === 'debug' ? 6 : 1

/** Seconds that the module gives a run whose caller names no budget: test/in-guest sets it on a slow kernel. */
export const DEFAULT_BUDGET = SLOWNESS

/** Milliseconds that a program, or a test, may take before something must be wrong. */
const PROGRAM_MS = 60_000 * SLOWNESS
export const TEST_MS = 120_000 * SLOWNESS

// --- tests ---

type Work = () => Promise<unknown>

/** What a test is given: a session, and states that go when it ends. */
export class Place {
  #made = 0
  readonly #afterwards: (() => unknown)[] = []

  constructor(readonly session: Session) {}

  /** What is to be done when the test has ended, however it did; the last comes first. */
  afterwards(work: () => unknown): void {
    this.#afterwards.unshift(work)
  }

  async newState(options: NewStateOptions = {}): Promise<string> {
    const name = `test.${++this.#made}`
    await this.session.newState(name, options)
    this.afterwards(() => closed(this.session, name))
    return name
  }

  async leave(): Promise<void> {
    for (const work of this.#afterwards.splice(0)) await work()
  }
}

/** A test that cannot hang, and that has to leave no states. */
export function behaviour(name: string, check: (place: Place) => Promise<void>): void {
  void test(name, { timeout: TEST_MS }, async () => {
    const session = await open()
    const place = new Place(session)
    try {
      await check(place)
      await killAll()
      await place.leave()
      assert.deepEqual(await namesOf(session), [], 'states left behind')
    } catch (error) {
      // It says what went wrong; what that makes impossible to clear away says nothing.
      await clear(place).catch(() => undefined)
      throw error
    } finally {
      session.close()
    }
  })
}

/** After a test that failed, so that the next can pass. */
async function clear(place: Place): Promise<void> {
  await killAll()
  await place.leave()
  for (const state of await namesOf(place.session)) await closed(place.session, state)
}

async function namesOf(session: Session): Promise<string[]> {
  return (await session.list()).map((state) => state.name)
}

/** Waits until something holds, looking again and again; less often where the look itself takes the processor. */
export async function eventually(what: string, holds: () => Promise<boolean>, seconds = 30 * SLOWNESS, pauseMs = 10): Promise<void> {
  const until = Date.now() + seconds * 1000
  while (!(await holds())) {
    assert.ok(Date.now() < until, `not within ${seconds} s: ${what}`)
    await sleep(pauseMs)
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

// --- states ---

/** Closes a state, which may be gone, and may be in use for a moment. */
async function closed(session: Session, name: string): Promise<void> {
  await eventually(`${name} is closed`, async () => {
    const error = await failureOf(session.closeState(name))
    return error === undefined || error.code === 'ENOENT'
  })
}

/** How something failed; undefined where it did not. */
export async function failureOf(work: Promise<unknown>): Promise<LunatikError | undefined> {
  try {
    await work
    return undefined
  } catch (error) {
    if (error instanceof LunatikError) return error
    throw error
  }
}

export interface Refusal {
  readonly code: string
  /** the kernel's words */
  readonly message: string
  readonly attribute?: string
}

/** Work is refused with this errno and these words, and the listing is afterwards what it was. */
export async function refused(session: Session, work: Work, refusal: Refusal): Promise<void> {
  const before = await listing(session)
  const error = await failureOf(work())
  assert.ok(error, `not refused with ${refusal.code}`)
  const { code, message, attribute } = error
  assert.deepEqual({ code, message, ...(refusal.attribute !== undefined && { attribute }) }, refusal)
  assert.deepEqual(await listing(session), before)
}

/** The states as listed, but for what time changes. */
export async function listing(session: Session): Promise<StateInfo[]> {
  return (await session.list()).map((state) => ({ ...state, age: 0, ...(state.inuse !== null && { runTime: 0 }) }))
}

/** What a chunk returns in a state of its own, floats as LuaFloat. */
export async function valuesOf(place: Place, code: string | Uint8Array): Promise<RunResult['values']> {
  return (await place.session.run(await place.newState(), code, { exact: true })).values
}

// --- programs ---

export interface Ended {
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface ProgramOptions {
  readonly input?: string | Uint8Array
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  /** after which something must be wrong */
  readonly patienceMs?: number
}

const programs = new Set<Program>()

async function killAll(): Promise<void> {
  for (const program of programs) program.kill('SIGKILL')
  await Promise.allSettled([...programs].map(({ ended }) => ended))
}

/** A program that runs. */
export class Program {
  readonly pid: number
  readonly ended: Promise<Ended>
  readonly #child: ChildProcess
  #stdout = ''
  #stderr = ''
  #heard: () => void = () => undefined

  constructor(argv: readonly string[], { input, env, cwd, patienceMs = PROGRAM_MS }: ProgramOptions = {}) {
    const [file = '', ...args] = argv
    const child = spawn(file, args, { detached: true, env: { ...process.env, ...env }, ...(cwd !== undefined && { cwd }) })
    this.#child = child
    this.pid = child.pid ?? 0
    child.stdout.on('data', (data: Buffer) => { this.#stdout += data.toString('latin1'); this.#heard() })
    child.stderr.on('data', (data: Buffer) => { this.#stderr += data.toString('latin1'); this.#heard() })
    // Who does not read its input is none of our concern.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
    programs.add(this)
    this.ended = this.#end(argv, patienceMs)
  }

  /** What it has printed so far. */
  get output(): string {
    return utf8(this.#stdout)
  }

  /** To the program and all that it has started. */
  kill(signal: NodeJS.Signals): void {
    try {
      process.kill(-this.pid, signal)
    } catch (error) {
      // It has ended.
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
    }
  }

  /** Waits for a text on standard output. */
  async printed(text: string): Promise<void> {
    let over = false
    const end = this.ended.then(() => { over = true })
    while (!this.#stdout.includes(text)) {
      assert.ok(!over, `ended without ${JSON.stringify(text)}, but with ${JSON.stringify(this.#stdout + this.#stderr)}`)
      await Promise.race([end, new Promise<void>((resolve) => { this.#heard = resolve })])
    }
  }

  async #end(argv: readonly string[], patienceMs: number): Promise<Ended> {
    let late = false
    const timer = setTimeout(() => { late = true; this.kill('SIGKILL') }, patienceMs)
    const [status, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      this.#child.on('error', reject)
      this.#child.on('close', (...end) => { resolve(end) })
    })
    clearTimeout(timer)
    programs.delete(this)
    const ended = { status, signal, stdout: utf8(this.#stdout), stderr: utf8(this.#stderr) }
    assert.ok(!late, `${argv.join(' ')} did not end by itself: ${JSON.stringify(ended)}`)
    return ended
  }
}

// Output was collected byte by byte, since a character may come in two pieces.
function utf8(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString()
}

export function run(argv: readonly string[], options?: ProgramOptions): Promise<Ended> {
  return new Program(argv, options).ended
}

export function lunatikctl(args: readonly string[], options?: ProgramOptions): Promise<Ended> {
  return run(['lunatikctl', ...args], options)
}

/** What a program prints where all is well. */
export async function outputOf(...argv: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await run(argv)
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' }, argv.join(' '))
  return stdout
}
