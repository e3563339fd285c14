// SPDX-License-Identifier: MIT
// The C library as C programs use it, with the real module: under sanitizers, under valgrind, by the examples that come
// with it, linked with a copy that was installed, and by programs that are killed at any moment.

import assert from 'node:assert/strict'
import { behaviour, eventually, failureOf, Program, run, SLOWNESS, sleep, type Place } from './guest.ts'

const SANITIZED = { ASAN_OPTIONS: 'detect_leaks=1:exitcode=99', UBSAN_OPTIONS: 'halt_on_error=1' }
/** The examples find the copy that they were linked with. */
const INSTALLED = { LD_LIBRARY_PATH: 'build/test/installed/lib' }

behaviour('a C program in all conditions, under sanitizers', async () => {
  assert.deepEqual(await run(['build/test/library-sanitized'], { env: SANITIZED }), { status: 0, signal: null, stdout: 'library: ok\n', stderr: '' })
})

// Its start alone takes an emulated machine that is busy half a minute.
const VALGRIND_MS = 400_000 * SLOWNESS

behaviour('a C program in all conditions, under valgrind', async () => {
  const valgrind = ['valgrind', '--quiet', '--fair-sched=yes', '--error-exitcode=99', '--leak-check=full', '--show-leak-kinds=all', '--errors-for-leak-kinds=all']
  const { status, stdout, stderr } = await run([...valgrind, 'build/test/library'], { ms: VALGRIND_MS })
  assert.deepEqual({ status, stdout }, { status: 0, stdout: 'library: ok\n' }, stderr)
}, VALGRIND_MS)

behaviour('the example that counts', async () => {
  const { status, stdout, stderr } = await run(['build/test/examples/counter'], { env: INSTALLED })
  assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: 'ready, in example-counter\none 1\ntwo 1\none 2\n', stderr: '' })
})

behaviour('the example with an event loop does not wait for the chunk that it has started', async (place) => {
  const { session } = place
  const name = await place.newState()
  const lines = ['print("short")', 'lunatik.send("one")', 'while not stop do end', 'error("no")', 'print("last")']
  const loop = new Program(['build/test/examples/loop', name], { input: `${lines.join('\n')}\n`, env: INSTALLED })
  await loop.printed('short\n')
  await loop.printed('< one\n')
  // While the third runs, it hears of what others do.
  await eventually('the third runs', async () => (await session.show(name)).inuse !== null)
  await session.abort(name)
  const { status, stdout } = await loop.ended
  assert.equal(status, 0)
  const printed = stdout.split('\n')
  for (const line of ['* aborted', '! stdin:1: aborted', '! stdin:1: no', '* error', 'last']) assert.ok(printed.includes(line), `${line}: ${stdout}`)
})

const OPERATIONS = 'handle,pin,run,upload,message,receive,list,set'
/** `make soak` asks for more. */
const KILLS = Number(process.env['LUNATIK_KILLS'] ?? 20)

/** Nothing holds a state but the namespace, and pins. */
async function left(place: Place, name: string): Promise<void> {
  const { session } = place
  await eventually(`nobody holds ${name}`, async () => {
    const { users, pins, inuse } = await session.show(name)
    return users === 1 + pins && inuse === null
  })
  await eventually('no socket is remembered', async () => (await session.info()).sessions === 0)
}

behaviour('C programs that are killed at any moment leave nothing but pins', async (place) => {
  const { session } = place
  const names = [await place.newState(), await place.newState()]
  for (let kill = 0; kill < KILLS; kill++) {
    const workers = [2 * kill, 2 * kill + 1].map((seed) => new Program(['build/test/worker', String(seed), OPERATIONS, ...names]))
    for (const worker of workers) await worker.printed('at work\n')
    await sleep(Math.random() * 100)
    for (const worker of workers) worker.kill('SIGKILL')
    for (const { ended } of workers) {
      const { signal, stderr } = await ended
      assert.equal(signal, 'SIGKILL', stderr)
    }
    for (const name of names) await left(place, name)
  }
  for (const name of names) {
    assert.ok((await session.show(name)).pins <= 2 * KILLS)
    while ((await session.show(name)).pins > 0) await session.unpin(name)
    assert.equal(await failureOf(session.run(name, 'return 1', { budget: 10 * SLOWNESS })), undefined)
  }
})
