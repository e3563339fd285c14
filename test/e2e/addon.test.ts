// SPDX-License-Identifier: MIT
// What the addon adds to the protocol: an event loop that goes on, aborts, threads that end with their owner, sockets that
// don't stay behind.

import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { open, type LunatikError } from '../../native/addon/index.ts'
import { behaviour, eventually, failureOf, outputOf, Program, sleep, SLOWNESS, type Place } from './guest.ts'

const FOREVER = 'while true do end'
/** Lua that cannot be suspended: the callback was called out of C. */
const FOREVER_IN_C = `string.gsub('x', 'x', function() ${FOREVER} end)`
const ASLEEP = { budget: 0, timeout: 0 }

/** This file is also what a worker, or another process, runs: a script without end, in a state that is there. */
const ELSEWHERE = process.env['RUN_IN']

async function runElsewhere(state: string, code: string, running: () => void): Promise<void> {
  const session = await open()
  const ended = session.run(state, code, ASLEEP)
  await eventually('the script runs', async () => (await session.show(state)).inuse === process.pid)
  running()
  await ended
}

/** A function of its own, as one that is not over holds what it had. */
async function runAndForget(state: string, times: number): Promise<void> {
  for (let count = 0; count < times; count++) await (await open()).run(state, 'return 1')
}

async function free(place: Place, state: string): Promise<boolean> {
  return (await place.session.show(state)).inuse === null
}

async function running(place: Place, state: string): Promise<void> {
  await eventually(`${state} is in use`, async () => !(await free(place, state)))
}

function openFiles(): number {
  return readdirSync('/proc/self/fd').length
}

function threads(): number {
  return readdirSync('/proc/self/task').length
}

async function error(work: Promise<unknown>): Promise<LunatikError> {
  const failure = await failureOf(work)
  assert.ok(failure, 'it did not fail')
  return failure
}

function tests(): void {
  behaviour('the event loop goes on while scripts run, more of them than Node has threads for such work', async (place) => {
    const states = await Promise.all(Array.from({ length: 6 }, () => place.newState()))
    const controller = new AbortController()
    const runs = states.map((state) => error(place.session.run(state, FOREVER, { ...ASLEEP, signal: controller.signal })))
    for (const state of states) await running(place, state)
    // Files are read in the threads that Node has for what waits.
    const { readFile } = await import('node:fs/promises')
    assert.match(await readFile('/proc/self/stat', 'latin1'), /^\d+ /)
    controller.abort()
    assert.deepEqual((await Promise.all(runs)).map(({ code }) => code), Array(6).fill('EINTR'))
    for (const state of states) assert.ok(await free(place, state))
  })

  for (const [what, code] of Object.entries({ 'a script': FOREVER, 'a script that cannot be suspended': FOREVER_IN_C })) {
    behaviour(`a signal ends ${what}, and the state is free then`, async (place) => {
      const state = await place.newState()
      const controller = new AbortController()
      const run = error(place.session.run(state, code, { ...ASLEEP, signal: controller.signal }))
      await running(place, state)
      const began = performance.now()
      controller.abort(new Error('enough'))
      const failure = await run
      assert.ok(performance.now() - began < 1000 * SLOWNESS)
      assert.equal(failure.code, 'EINTR')
      assert.equal((failure.cause as Error).message, 'enough')
      assert.ok(await free(place, state))
      assert.deepEqual((await place.session.run(state, 'return 1')).values, [1])
    })

    behaviour(`the time limit of this side ends ${what}`, async (place) => {
      const state = await place.newState()
      const failure = await error(place.session.run(state, code, { budget: 0, timeout: 0.2 }))
      assert.equal(failure.code, 'ETIMEDOUT')
      assert.ok(await free(place, state))
    })

    behaviour(`an abort by somebody else ends ${what}`, async (place) => {
      const state = await place.newState()
      const run = error(place.session.run(state, code, ASLEEP))
      await running(place, state)
      const other = await open()
      await other.abort(state)
      other.close()
      const failure = await run
      assert.equal(failure.code, 'EINTR')
      assert.equal(failure.cause, undefined)
    })

    behaviour(`closing the session ends ${what}`, async (place) => {
      const state = await place.newState()
      const session = await open()
      const run = error(session.run(state, code, ASLEEP))
      await running(place, state)
      await session[Symbol.asyncDispose]()
      assert.equal((await run).code, 'EINTR')
      assert.ok(await free(place, state))
      assert.equal((await error(session.list())).code, 'EBADF')
    })

    behaviour(`${what} ends with the worker thread that runs it`, async (place) => {
      const state = await place.newState()
      const before = threads()
      const worker = new Worker(__filename, { workerData: { state, code } })
      await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
      await worker.terminate()
      await eventually('the state is free', () => free(place, state))
      await eventually('the threads are gone', async () => Promise.resolve(threads() <= before))
    })

    behaviour(`${what} ends with the process that runs it`, async (place) => {
      const state = await place.newState()
      for (const end of ['exit', 'SIGKILL', 'SIGTERM'] as const) {
        const program = new Program([process.execPath, __filename], { env: { RUN_IN: state, CODE: code, END: end } })
        await program.printed('running')
        if (end !== 'exit') program.kill(end)
        const { status, signal } = await program.ended
        assert.deepEqual([status, signal], end === 'exit' ? [3, null] : [null, end])
        await eventually('the state is free', () => free(place, state))
      }
    })
  }

  behaviour('output comes while the script runs', async (place) => {
    const state = await place.newState()
    const controller = new AbortController()
    let heard = ''
    const code = `print('first') ${FOREVER}`
    const failure = await error(place.session.run(state, code, {
      ...ASLEEP,
      signal: controller.signal,
      onOutput: (bytes) => {
        heard += Buffer.from(bytes).toString()
        controller.abort()
      },
    }))
    assert.equal(failure.code, 'EINTR')
    assert.equal(heard, 'first\n')
  })

  behaviour('much output comes whole and in order, to a reader that is slow', async (place) => {
    const state = await place.newState()
    let heard = ''
    const result = await place.session.run(state, `for i = 1, 50000 do print(i) end`, {
      budget: 60,
      onOutput: (bytes) => {
        heard += Buffer.from(bytes).toString()
        const until = performance.now() + 5
        while (performance.now() < until);
      },
    })
    assert.equal(result.cut, false)
    assert.equal(heard, Array.from({ length: 50_000 }, (_, index) => `${index + 1}\n`).join(''))
  })

  behaviour('what takes the output may throw, which ends the script', async (place) => {
    const state = await place.newState()
    const thrown = new Error('no more')
    const run = place.session.run(state, `print(1) ${FOREVER}`, { ...ASLEEP, onOutput: () => { throw thrown } })
    await assert.rejects(run, thrown)
    assert.ok(await free(place, state))
  })

  behaviour('code of the largest size arrives whole, one byte more is refused', async (place) => {
    const { session } = place
    const state = await place.newState({ maxalloc: 16 * 1024 * 1024 })
    const { codeMax } = await session.info()
    const code = Buffer.alloc(codeMax, ' ')
    code.write('local n = ...; return "first", ')
    code.write('"last"', codeMax - 6)
    assert.deepEqual((await session.run(state, code)).values, ['first', 'last'])
    assert.equal((await error(session.run(state, Buffer.alloc(codeMax + 1, ' ')))).code, 'EMSGSIZE')
    assert.deepEqual((await session.run(state, '')).values, [])
  })

  behaviour('many runs, one after the other and at once, leave no sockets and no threads', async (place) => {
    const states = await Promise.all(Array.from({ length: 12 }, () => place.newState()))
    const [files, tasks] = [openFiles(), threads()]
    const session = await open()
    for (let round = 0; round < 20; round++) {
      const results = await Promise.all(states.map((state, index) => session.run(state, `n = (n or 0) + 1 return n, ${index}`)))
      assert.deepEqual(results.map(({ values }) => values), states.map((_, index) => [round + 1, index]))
    }
    session.close()
    await eventually('all is given back', async () => Promise.resolve(openFiles() === files && threads() === tasks))
  })

  behaviour('a session that nobody holds is collected with its sockets and threads', async (place) => {
    const state = await place.newState()
    const [files, tasks] = [openFiles(), threads()]
    await runAndForget(state, 10)
    assert.ok(openFiles() > files)
    const { setFlagsFromString } = await import('node:v8')
    const { runInNewContext } = await import('node:vm')
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    await eventually('they are collected', async () => {
      collect()
      await sleep(10)
      return openFiles() === files && threads() === tasks
    })
  })

  behaviour('a session works in the namespace it was opened in, by name, path and process id', async (place) => {
    await outputOf('ip', 'netns', 'add', 'blue')
    place.afterwards(() => outputOf('ip', 'netns', 'del', 'blue'))
    const inside = new Program(['ip', 'netns', 'exec', 'blue', 'sh', '-c', 'echo there; exec sleep 60'])
    place.afterwards(async () => {
      inside.kill('SIGKILL')
      await inside.ended
    })
    await inside.printed('there')
    const blue = await open({ netns: 'blue' })
    assert.notEqual(blue.netns, place.session.netns)
    await blue.newState('web', { handle: false })
    assert.deepEqual((await blue.run('web', 'return 1.5')).values, [1.5])
    for (const netns of ['/run/netns/blue', `/proc/${inside.pid}/ns/net`, String(inside.pid), inside.pid]) {
      const session = await open({ netns })
      assert.equal(session.netns, blue.netns)
      assert.deepEqual((await session.list()).map(({ name }) => name), ['web'])
      session.close()
    }
    assert.deepEqual(await place.session.list(), [])
    await blue.closeState('web')
    blue.close()
  })

  behaviour('names are looked for under /run/netns before they are taken for process ids', async (place) => {
    const name = String(process.pid)
    await outputOf('ip', 'netns', 'add', name)
    place.afterwards(() => outputOf('ip', 'netns', 'del', name))
    const session = await open({ netns: name })
    assert.notEqual(session.netns, place.session.netns)
    session.close()
  })
}

if (!isMainThread) {
  const { state, code } = workerData as { state: string; code: string }
  void runElsewhere(state, code, () => parentPort?.postMessage('running'))
} else if (ELSEWHERE !== undefined) {
  void runElsewhere(ELSEWHERE, process.env['CODE'] ?? FOREVER, () => {
    process.stdout.write('running\n', () => {
      // eslint-disable-next-line no-restricted-properties -- that is what is tried here
      if (process.env['END'] === 'exit') process.exit(3)
    })
  })
} else {
  tests()
}
