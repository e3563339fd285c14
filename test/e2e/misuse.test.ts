// SPDX-License-Identifier: MIT
// The Node library, misused: every wrong argument is a rejection that says which, descriptors and threads that run out are
// errors, and afterwards all goes on.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { open, LunatikError, type Session } from '../../native/addon/index.ts'
import { behaviour, eventually, failureOf, KERNEL, Program, sleep, SLOWNESS } from './guest.ts'

const THREADS_MAX = '/proc/sys/kernel/threads-max'

/** This file is also what a process of its own, or a worker, runs. */
const ELSEWHERE = process.env['RUN']

/** Of five rounds or more. The debug kernel takes a tenth of a second for each, and what Node keeps is the same there. */
const SESSIONS = KERNEL === 'debug' ? 200 : 2000
/** An emulated processor that is busy with others takes its time for them. */
const SESSIONS_MS = 300_000 * SLOWNESS

/** What may go wrong with a wrong argument: all of these say what it is about. */
function isRefusal(error: unknown): boolean {
  return error instanceof TypeError || error instanceof RangeError || error instanceof LunatikError
}

const JUNK: readonly unknown[] = [null, 7, -1, NaN, 2n ** 70n, '', 'a\0b', 'x'.repeat(100_000), true, Symbol('s'), {}, [], () => 1, new Uint16Array(3), new ArrayBuffer(3)]

type Call = (junk: never) => unknown

/** Each argument of each call, with all else as it should be. */
function calls(session: Session, name: string): Record<string, Call> {
  const state = { handle: false } as const
  return {
    'open()': (junk) => open(junk),
    'netns of open()': (netns) => open({ netns }),
    'name of newState()': (junk) => session.newState(junk),
    'options of newState()': (junk) => session.newState('junk', junk),
    'maxalloc of newState()': (maxalloc) => session.newState('junk', { ...state, maxalloc }),
    'context of newState()': (context) => session.newState('junk', { ...state, context }),
    'handle of newState()': (handle) => session.newState('junk', { handle }),
    'step of newState()': (step) => session.newState('junk', { ...state, step }),
    'generation of newState()': (generation) => session.newState('junk', { ...state, generation }),
    'getState()': (junk) => session.getState(junk),
    'putState()': (junk) => session.putState(junk),
    'force of putState()': (force) => session.putState(name, { force }),
    'pin()': (junk) => session.pin(junk),
    'unpin()': (junk) => session.unpin(junk),
    'name of set()': (junk) => session.set(junk, { maxalloc: 2 ** 20 }),
    'options of set()': (junk) => session.set(name, junk),
    'list()': (junk) => session.list(junk),
    'show()': (junk) => session.show(junk),
    'abort()': (junk) => session.abort(junk),
    'name of closeState()': (junk) => session.closeState(junk),
    'name of run()': (junk) => session.run(junk, ''),
    'code of run()': (junk) => session.run(name, junk),
    'options of run()': (junk) => session.run(name, '', junk),
    'budget of run()': (budget) => session.run(name, '', { budget }),
    'wait of run()': (wait) => session.run(name, '', { wait }),
    'timeout of run()': (timeout) => session.run(name, '', { timeout }),
    'signal of run()': (signal) => session.run(name, '', { signal }),
    'onOutput of run()': (onOutput) => session.run(name, '', { onOutput }),
    'chunkName of run()': (chunkName) => session.run(name, '', { chunkName }),
    'expectGeneration of run()': (expectGeneration) => session.run(name, '', { expectGeneration }),
    'step of run()': (step) => session.run(name, '', { step }),
    'name of send()': (junk) => session.send(junk, ''),
    'data of send()': (junk) => session.send(name, junk),
    'name of receive()': (junk) => session.receive(junk).next(),
    'options of receive()': (junk) => takenAndLeft(session.receive(name, junk)),
    'signal of receive()': (signal) => takenAndLeft(session.receive(name, { signal })),
    'options of monitor()': (junk) => takenAndLeft(session.monitor(junk)),
  }
}

/** Nothing comes here: to be refused is all that it can do at once. */
async function takenAndLeft(feed: AsyncIterableIterator<unknown, undefined>): Promise<unknown> {
  const next = feed.next()
  const [result] = await Promise.all([next, feed.return?.()])
  return result
}

function tests(): void {
  behaviour('whatever is given for an argument is taken, or refused by an error that is meant for it', async (place) => {
    const { session } = place
    const name = await place.newState()
    await session.run(name, 'function receive_callback() end')
    for (const [what, call] of Object.entries(calls(session, name))) {
      for (const junk of JUNK) {
        let promise: unknown
        // The types forbid what is tried here.
        assert.doesNotThrow(() => { promise = call(junk as never) }, what)
        try {
          const result = await promise
          if (what.endsWith('open()')) (result as Session).close()
        } catch (error) {
          assert.ok(isRefusal(error), `${what} with ${String(junk).slice(0, 20)}: ${String(error)}`)
        }
      }
      await failureOf(session.closeState('junk'))
    }
    assert.deepEqual((await session.run(name, 'return 1')).values, [1])
    assert.deepEqual((await session.list()).map((state) => state.name), [name])
  })

  behaviour('a closed session refuses all, whatever is asked, and may be closed again', async (place) => {
    const name = await place.newState()
    const session = await open()
    const messages = session.receive(name)
    session.close()
    session.close()
    await session[Symbol.asyncDispose]()
    for (const work of [
      () => session.newState('x'), () => session.getState(name), () => session.putState(name), () => session.pin(name), () => session.unpin(name),
      () => session.set(name, { maxalloc: 2 ** 20 }), () => session.list(), () => session.show(name), () => session.abort(name), () => session.info(),
      () => session.closeState(name), () => session.run(name, ''), () => session.send(name, ''), () => session.receive(name).next(), () => session.monitor().next(),
    ]) assert.equal((await failureOf(work()))?.code, 'EBADF', String(work))
    assert.equal((await messages.next()).done, true)
  })

  behaviour(`${5 * SESSIONS} sessions, each used and closed, leave no descriptor, no thread and no memory`, async () => {
    const { status, signal, stdout, stderr } = await new Program([process.execPath, '--expose-gc', __filename], { env: { RUN: 'sessions' }, ms: SESSIONS_MS }).ended
    assert.deepEqual([status, signal, stderr], [0, null, ''], stdout)
  }, SESSIONS_MS)

  behaviour('a process without descriptors is told so, and goes on when it has some again', async () => {
    const { status, stdout, stderr } = await new Program(['sh', '-c', `ulimit -n 64; exec "$0" "$1"`, process.execPath, __filename], { env: { RUN: 'descriptors' } }).ended
    assert.deepEqual([status, stderr], [0, ''], stdout)
  })

  behaviour('a process that can have no more threads is told so, and goes on', async () => {
    const before = readFileSync(THREADS_MAX)
    try {
      const { status, stdout, stderr } = await new Program([process.execPath, __filename], { env: { RUN: 'threads' } }).ended
      assert.deepEqual([status, stderr], [0, ''], stdout)
    } finally {
      writeFileSync(THREADS_MAX, before)
    }
  })

  behaviour('workers that are ended at any moment leave no descriptors, threads, handles or readers', async (place) => {
    const { session } = place
    const names = [await place.newState(), await place.newState()]
    const count = (what: 'fd' | 'task') => readdirSync(`/proc/self/${what}`).length
    const before = { fd: count('fd'), task: count('task') }
    for (let round = 0; round < 10; round++) {
      const worker = new Worker(__filename, { workerData: { names } })
      await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
      await sleep(Math.random() * 30)
      await worker.terminate()
    }
    for (const name of names) await eventually(`${name} is free`, async () => (await session.show(name)).inuse === null, 10 * SLOWNESS)
    assert.equal((await session.info()).sessions, 0)
    await eventually('all is given back', async () => Promise.resolve(count('fd') <= before.fd && count('task') <= before.task))
    for (const name of names) assert.deepEqual((await session.run(name, 'return 1')).values, [1])
  })
}

// --- elsewhere ---

async function useAndClose(count: number): Promise<void> {
  for (let round = 0; round < count; round++) {
    const session = await open()
    const state = await session.newState('passing')
    // Now and then one that needs a thread.
    await state.doString(round % 50 === 0 ? 'for i = 1, 1e5 do end return 1' : 'return 1', { budget: 10 * SLOWNESS })
    if (round % 10 === 0) await session.monitor().return?.()
    await state.close()
    session.close()
    // Handles of the event loop are closed in its next turn.
    if (round % 100 === 0) await sleep(0)
  }
}

function used(): number {
  for (let round = 0; round < 4; round++) globalThis.gc?.()
  return process.memoryUsage.rss()
}

async function sessions(): Promise<void> {
  const open = (what: string) => readdirSync(`/proc/self/${what}`).length
  const memory: number[] = []
  let before: { files: number; threads: number } | undefined
  let grown = Infinity
  // The heaps grow by themselves to what suits them, and then no more; what leaks does so for ever. Of 256 bytes for each
  // session of two thousand it would be half a MiB.
  while ((grown > 2 ** 19 || memory.length < 5) && memory.length < 12) {
    await useAndClose(SESSIONS)
    await sleep(10)
    grown = used() - (memory.at(-1) ?? 0)
    memory.push(used())
    const after = { files: open('fd'), threads: open('task') }
    assert.deepEqual(after, before ?? after)
    before = after
  }
  assert.ok(grown <= 2 ** 19, `every ${SESSIONS} sessions there is more: ${String(memory)}`)
}

async function descriptors(): Promise<void> {
  const sessions: Session[] = []
  let refusal: LunatikError | undefined
  while (!refusal) refusal = await failureOf(open().then((session) => sessions.push(session)))
  assert.equal(refusal.code, 'EMFILE')
  const [first, second] = sessions
  assert.ok(first && second)
  // These have their sockets already, a run and a reader need another.
  await first.newState('web', { handle: false })
  assert.equal((await failureOf(first.run('web', 'return 1')))?.code, 'EMFILE')
  assert.equal((await failureOf(first.receive('web').next()))?.code, 'EMFILE')
  assert.equal((await failureOf(first.monitor().next()))?.code, 'EMFILE')
  second.close()
  assert.deepEqual((await first.run('web', 'return 1')).values, [1])
  await first.closeState('web')
}

async function threads(): Promise<void> {
  const session = await open()
  const names = Array.from({ length: 40 }, (_, index) => `t${index}`)
  for (const name of names) await session.newState(name, { handle: false, maxalloc: 64 * 1024 })
  await session.run('t0', 'return 1')
  const before = readFileSync(THREADS_MAX, 'latin1')
  const [, all] = /\/(\d+) /.exec(readFileSync('/proc/loadavg', 'latin1')) ?? []
  writeFileSync(THREADS_MAX, String(Number(all) + 8))
  const controller = new AbortController()
  const runs = names.map((name) => failureOf(session.run(name, 'while true do end', { budget: 0, signal: controller.signal })))
  await sleep(50)
  controller.abort()
  const codes = (await Promise.all(runs)).map((error) => error?.code)
  writeFileSync(THREADS_MAX, before)
  assert.deepEqual([...new Set(codes)].sort(), ['EAGAIN', 'EINTR'])
  for (const name of names) {
    assert.deepEqual((await session.run(name, 'return 1', { wait: 10 * SLOWNESS })).values, [1])
    await session.closeState(name)
  }
}

/** Runs, sends and receives until it is ended. */
async function work(names: readonly string[]): Promise<void> {
  const session = await open()
  const busy = async (name: string): Promise<void> => {
    for (;;) {
      await failureOf(session.run(name, 'for i = 1, 3 do lunatik.send("x") end for i = 1, 3e4 do end', { budget: 10, wait: 10 }))
      await failureOf(session.getState(name).then((state) => state.put()))
    }
  }
  const reading = async (name: string): Promise<void> => {
    for (;;) await failureOf((async () => { for await (const { data } of session.receive(name)) if (data.length === 0) break })())
  }
  void Promise.all(names.flatMap((name) => [busy(name), busy(name), reading(name)]))
  parentPort?.postMessage('at work')
}

const ELSEWHERES: Record<string, () => Promise<void>> = { sessions, descriptors, threads }

if (!isMainThread) void work((workerData as { names: string[] }).names)
else if (ELSEWHERE === undefined) tests()
else void ELSEWHERES[ELSEWHERE]?.()
