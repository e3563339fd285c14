// SPDX-License-Identifier: MIT
// The C library as C programs use it, with the real module: under sanitizers, and by the examples that come with it, linked
// with a copy that was installed. Under valgrind it takes minutes: see `make test-valgrind`. What is killed is in
// all-clients.test.ts.

import assert from 'node:assert/strict'
import { behaviour, eventually, Program, run } from './guest.ts'

const SANITIZED = { ASAN_OPTIONS: 'detect_leaks=1:exitcode=99', UBSAN_OPTIONS: 'halt_on_error=1' }
/** The examples find the copy that they were linked with. */
const INSTALLED = { LD_LIBRARY_PATH: 'build/test/installed/lib' }

behaviour('a C program in all conditions, under sanitizers', async () => {
  assert.deepEqual(await run(['build/test/library-sanitized'], { env: SANITIZED }), { status: 0, signal: null, stdout: 'library: ok\n', stderr: '' })
})

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
