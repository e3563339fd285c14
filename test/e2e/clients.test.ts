// SPDX-License-Identifier: MIT
// Processes that share states: who waits, who is told, and what is left of one that is interrupted, killed or stopped.

import assert from 'node:assert/strict'
import { behaviour, eventually, failureOf, lunatikctl, Program, refused, SLOWNESS, type Place } from './guest.ts'

const FOREVER = 'while true do end'
/** Lua that cannot be suspended, so that its caller stays in the kernel. */
const FOREVER_IN_C = 'table.sort({2, 1}, function() while true do end end)'

function client(name: string, code: string, ...options: readonly string[]): Program {
  return new Program(['lunatikctl', 'do', name, '-e', code, ...options])
}

async function inUse(place: Place, name: string): Promise<void> {
  await eventually(`${name} is in use`, async () => (await place.session.show(name)).inuse !== null)
}

/** The state is free within seconds, and good for the next. */
async function freeAgain(place: Place, name: string, seconds = 2 * SLOWNESS): Promise<void> {
  await eventually(`${name} runs the next`, async () => (await failureOf(place.session.run(name, 'return 1')))?.code !== 'EBUSY', seconds)
  const { users, inuse } = await place.session.show(name)
  assert.deepEqual({ users, inuse }, { users: 1, inuse: null })
}

behaviour('while a script runs its state is in use: exit 4, and the pid of who runs it', async (place) => {
  const { session } = place
  const name = await place.newState()
  const holder = client(name, FOREVER, '--timeout', '0')
  await inUse(place, name)
  const { inuse, users } = await session.show(name)
  assert.deepEqual({ inuse, users }, { inuse: holder.pid, users: 2 })
  await refused(session, () => session.closeState(name), { code: 'EBUSY', message: 'state is in use' })
  assert.equal((await failureOf(session.run(name, 'return 1')))?.code, 'EBUSY')
  const [closed, done] = await Promise.all([lunatikctl(['close', name]), lunatikctl(['do', name, '-e', 'return 1'])])
  assert.deepEqual([closed.status, closed.stderr.split('\n')[0]], [4, `lunatikctl: close: ${name}: state is in use by pid ${holder.pid} (EBUSY)`])
  assert.deepEqual([done.status, done.stderr.split('\n')[0]], [4, `lunatikctl: do: ${name}: state is in use by pid ${holder.pid} (EBUSY)`])
  await session.abort(name)
  const { status, stderr } = await holder.ended
  assert.equal(status, 6)
  assert.match(stderr, new RegExp(`^lunatikctl: do: ${name}: \\(command line\\):1: aborted`))
})

behaviour('output arrives while the script still runs, in order', async (place) => {
  const name = await place.newState()
  const program = client(name, `print("first") local t = os.time() while os.time() < t + 2 do end print("second") ${FOREVER}`, '--timeout', '0')
  await program.printed('first\n')
  assert.equal(program.output, 'first\n')
  await program.printed('first\nsecond\n')
  program.kill('SIGINT')
  assert.equal((await program.ended).status, 130)
})

for (const [signal, status] of [['SIGINT', 130], ['SIGTERM', 143]] as const) {
  for (const [what, code] of Object.entries({ 'a script': FOREVER, 'a script in a C function': FOREVER_IN_C })) {
    behaviour(`${signal} ends ${what} in the kernel too: exit ${status}`, async (place) => {
      const name = await place.newState()
      const program = client(name, code, '--timeout', '0')
      await inUse(place, name)
      program.kill(signal)
      const ended = await program.ended
      assert.deepEqual([ended.status, ended.signal, ended.stdout, ended.stderr], [status, null, '', ''])
      // At once: the client has waited for the end.
      assert.equal((await place.session.show(name)).inuse, null)
      assert.deepEqual((await place.session.run(name, 'return 1')).values, [1])
    })
  }
}

for (const [what, code] of Object.entries({ 'a script': FOREVER, 'a script in a C function': FOREVER_IN_C })) {
  behaviour(`a client that is killed leaves ${what} behind for no more than a moment`, async (place) => {
    const name = await place.newState()
    const program = client(name, code, '--timeout', '0')
    await inUse(place, name)
    program.kill('SIGKILL')
    assert.equal((await program.ended).signal, 'SIGKILL')
    await freeAgain(place, name)
  })

  behaviour(`a client that is stopped keeps the state with ${what} in it no longer than its budget`, async (place) => {
    const name = await place.newState()
    const program = client(name, code, '--timeout', '5s')
    await inUse(place, name)
    program.kill('SIGSTOP')
    // Whoever waits may see the budget end.
    assert.equal((await failureOf(place.session.run(name, 'return 1', { wait: 0 })))?.code, 'EBUSY')
    await freeAgain(place, name, 7 + 2 * SLOWNESS)
    program.kill('SIGCONT')
    const { status, stderr } = await program.ended
    assert.equal(status, 6, stderr)
  })
}

for (const [what, get] of [
  ['closed', (place: Place, name: string) => place.session.closeState(name)],
  ['held', async (place: Place, name: string) => { await (await place.session.getState(name)).put() }],
] as const) {
  behaviour(`a state that a stopped client has run something in can be ${what} when its budget is over`, async (place) => {
    const name = await place.newState()
    const program = client(name, FOREVER, '--timeout', '2s')
    await inUse(place, name)
    program.kill('SIGSTOP')
    assert.equal((await failureOf(get(place, name)))?.code, 'EBUSY')
    await eventually(`${name} is ${what}`, async () => await failureOf(get(place, name)) === undefined, 2 + 2 * SLOWNESS)
    program.kill('SIGCONT')
    assert.equal((await program.ended).status, 6)
  })
}

behaviour('a client that is stopped waits for a state no longer than it may', async (place) => {
  const name = await place.newState()
  const holder = client(name, FOREVER, '--timeout', '0')
  await inUse(place, name)
  const program = client(name, 'return 1', '--wait', '2s')
  await eventually('it waits', async () => (await place.session.show(name)).users === 3)
  program.kill('SIGSTOP')
  holder.kill('SIGKILL')
  await holder.ended
  await eventually(`${name} is closed`, async () => await failureOf(place.session.closeState(name)) === undefined, 4 + 2 * SLOWNESS)
  program.kill('SIGCONT')
  assert.equal((await program.ended).status, 4)
})

behaviour('a client that is stopped, with no budget, can be aborted, and is told where it was', async (place) => {
  const name = await place.newState()
  const program = client(name, `local n = 0\n${FOREVER}`, '--timeout', '0')
  await inUse(place, name)
  program.kill('SIGSTOP')
  await place.session.abort(name)
  await freeAgain(place, name)
  program.kill('SIGCONT')
  const { status, stderr } = await program.ended
  assert.equal(status, 6)
  assert.match(stderr, new RegExp(`^lunatikctl: do: ${name}: \\(command line\\):2: aborted`))
})

behaviour('a reader that does not read slows its own script only, and can be killed', async (place) => {
  const [slow, other] = [await place.newState(), await place.newState()]
  const program = new Program(['bash', '-c', `lunatikctl do ${slow} --timeout 0 -e 'for i = 1, 60000 do print(("x"):rep(9)) end while true do end' | sleep 1000`])
  await inUse(place, slow)
  assert.deepEqual((await place.session.run(other, 'return 1')).values, [1])
  await place.session.abort(slow)
  program.kill('SIGKILL')
  await freeAgain(place, slow)
})

behaviour('four clients at once in four states do not disturb each other', async (place) => {
  const names = await Promise.all([1, 2, 3, 4].map(() => place.newState()))
  const code = (id: number) => `local s = 0.0 for i = 1, 300000 do s = s + i / ${id} end print("id", ${id}) return s`
  const ended = await Promise.all(names.map((name, index) => lunatikctl(['do', name, '-e', code(index + 1), '--timeout', '60s'])))
  for (const [index, { status, stdout, stderr }] of ended.entries()) {
    const sum = 45000150000 / (index + 1)
    assert.deepEqual([status, stderr], [0, ''])
    const [id, value] = stdout.trim().split('\n')
    assert.equal(id, `id\t${index + 1}`)
    assert.ok(Math.abs(Number(value) / sum - 1) < 1e-9, stdout)
  }
})

behaviour('of many runs at once in one state each either runs whole or is told that it is in use', async (place) => {
  const { session } = place
  const name = await place.newState()
  await session.run(name, 'count, inside = 0, false')
  const code = 'assert(not inside) inside = true local t = os.clock() while os.clock() < t + 0.002 do end count = count + 1 inside = false'
  let good = 0
  for (let round = 0; round < 15; round++) {
    const ends = await Promise.all(Array.from({ length: 4 }, () => failureOf(session.run(name, code))))
    for (const end of ends) {
      if (end === undefined) good++
      else assert.equal(end.code, 'EBUSY', end.message)
    }
  }
  assert.ok(good >= 15)
  assert.deepEqual((await session.run(name, 'return count')).values, [good])
})

behaviour('a slow script holds up no operation on another state, and no other netlink user', async (place) => {
  const { session } = place
  const [slow, other] = [await place.newState(), await place.newState()]
  const program = client(slow, FOREVER_IN_C, '--timeout', '0')
  await inUse(place, slow)
  const began = Date.now()
  await session.list()
  await session.show(slow)
  await session.run(other, 'return 1')
  await session.newState('third', { handle: false })
  await session.closeState('third')
  // A family that is registered waits for every handler that runs, and everybody behind it waits too.
  const { status } = await new Program(['ip', 'link', 'add', 'dummy9', 'type', 'dummy']).ended
  assert.ok(status !== null && Date.now() - began < 5000 * SLOWNESS)
  program.kill('SIGKILL')
  await program.ended
  await new Program(['ip', 'link', 'del', 'dummy9']).ended
  await freeAgain(place, slow)
})
