// SPDX-License-Identifier: MIT
// Pins and handles: what they keep others from, whose they are, and that they are given back whenever and however a socket
// goes.

import assert from 'node:assert/strict'
import { constants } from 'node:os'
import { open, type Session } from '../../native/addon/index.ts'
import { behaviour, DEFAULT_BUDGET, eventually, failureOf, refused, sleep, SLOWNESS, type Place } from './guest.ts'
import { attribute, COMMAND, flag, RUN, STATE, text, u64, Wire } from './wire.ts'

const { EBUSY, ENOENT } = constants.errno
const FOREVER = 'while true do end'
const IN_USE = { code: 'EBUSY', message: 'state is in use' }
const PINNED = { code: 'EBUSY', message: 'state is pinned' }

/** A session beside the test's own. It goes before the states that were made before it. */
async function another(place: Place): Promise<Session> {
  const session = await open()
  place.afterwards(() => { session.close() })
  return session
}

/** A process with sockets. */
async function someProcess(place: Place): Promise<Wire> {
  const wire = await Wire.open()
  place.afterwards(() => wire.end('SIGKILL'))
  return wire
}

async function standing(session: Session, name: string): Promise<Record<string, unknown>> {
  const { users, pins, inuse } = await session.show(name)
  return { users, pins, inuse }
}

const FREE = { users: 1, pins: 0, inuse: null }

async function freeAgain(session: Session, name: string): Promise<void> {
  await eventually(`${name} is free`, async () => (await session.show(name)).inuse === null, 5 * SLOWNESS)
  assert.deepEqual(await standing(session, name), FREE)
}

/** The token of a handle that a socket takes. */
async function take(wire: Wire, name: string, socket = 0): Promise<bigint> {
  const answer = await wire.ask({ command: COMMAND.getstate, attributes: [text(STATE.name, name), flag(STATE.handle)] }, socket)
  assert.equal(answer.errno, 0, answer.message)
  const token = answer.messages[0]?.get(STATE.token)?.readBigUInt64LE()
  assert.ok(token)
  return token
}

function chunk(name: string, code: string, ...more: readonly Uint8Array[]) {
  return { command: COMMAND.dostring, dump: true, attributes: [text(RUN.name, name), attribute(RUN.code, Buffer.from(code)), ...more] } as const
}

// --- pins ---

behaviour('a pin keeps a state from being closed until it is given back', async (place) => {
  const { session } = place
  const name = await place.newState()
  const { users, pins } = await session.pin(name)
  assert.deepEqual({ users, pins }, { users: 2, pins: 1 })
  await refused(session, () => session.closeState(name), PINNED)
  await session.pin(name)
  await session.unpin(name)
  await refused(session, () => session.closeState(name), PINNED)
  assert.equal((await session.unpin(name)).pins, 0)
  await session.closeState(name)
})

behaviour('a pin locks nobody out, outlives the session that took it, and is given back by anybody', async (place) => {
  const { session } = place
  const name = await place.newState()
  const other = await open()
  await other.pin(name)
  assert.deepEqual((await session.run(name, 'return 1')).values, [1])
  other.close()
  assert.deepEqual(await standing(session, name), { users: 2, pins: 1, inuse: null })
  await session.unpin(name)
  assert.deepEqual(await standing(session, name), FREE)
})

behaviour('a pin too many is not given back', async (place) => {
  const { session } = place
  const name = await place.newState()
  const none = { code: 'EINVAL', message: 'the state has no pins' }
  await refused(session, () => session.unpin(name), none)
  await session.pin(name)
  await session.unpin(name)
  await refused(session, () => session.unpin(name), none)
  // A handle is none.
  await session.getState(name)
  await refused(session, () => session.unpin(name), none)
  await session.putState(name)
})

behaviour('references of a state that is not there are refused', async ({ session }) => {
  const gone = { code: 'ENOENT', message: 'no such state' }
  await refused(session, () => session.pin('nosuch'), gone)
  await refused(session, () => session.unpin('nosuch'), gone)
  await refused(session, () => session.getState('nosuch'), gone)
  await refused(session, () => session.putState('nosuch'), gone)
  await refused(session, () => session.set('nosuch', { maxalloc: 1024 * 1024 }), gone)
  await refused(session, () => session.send('nosuch', 'x'), gone)
})

// --- handles ---

behaviour('while a session has the handle, nobody else works on the state', async (place) => {
  const { session } = place
  const name = await place.newState()
  const other = await another(place)
  await session.run(name, 'function receive_callback(data) return data end')
  const { users, inuse } = (await session.getState(name)).attributes
  assert.deepEqual({ users, inuse }, { users: 2, inuse: process.pid })
  await refused(other, () => other.run(name, 'ran = true'), IN_USE)
  await refused(other, () => other.run(name, 'ran = true', { wait: 0 }), IN_USE)
  await refused(other, () => other.send(name, 'x'), IN_USE)
  await refused(other, () => other.set(name, { maxalloc: 2 ** 20 }), IN_USE)
  await refused(other, () => other.pin(name), IN_USE)
  await refused(other, () => other.getState(name), IN_USE)
  await refused(other, () => other.putState(name), IN_USE)
  await refused(other, () => other.closeState(name), IN_USE)
  await refused(other, () => other.receive(name).next(), IN_USE)
  assert.equal((await other.list()).length, 1)
  await refused(other, () => other.abort(name), { code: 'ENOENT', message: 'nothing to abort runs in the state' })
  await session.putState(name)
  assert.deepEqual(await standing(session, name), FREE)
  assert.deepEqual((await other.run(name, 'return ran')).values, [null])
})

behaviour('the session that has the handle works on, by all its sockets', async (place) => {
  const { session } = place
  const name = await place.newState()
  await session.getState(name)
  const results = await Promise.all([1, 2, 3].map((value) => session.run(name, `n = (n or 0) + ${value} return n`)))
  assert.equal(results.length, 3)
  assert.deepEqual((await session.run(name, 'function receive_callback(data) return n, data end return n')).values, [6])
  assert.deepEqual((await session.send(name, 'x')).values, [6, 'x'])
  await session.set(name, { maxalloc: 2 ** 21 })
  await session.pin(name)
  await session.unpin(name)
  const reading = session.receive(name)
  await session.run(name, 'lunatik.send("to its holder")')
  assert.equal(Buffer.from((await reading.next()).value?.data ?? []).toString(), 'to its holder')
  await reading.return?.()
  await refused(session, () => session.getState(name), { code: 'EBUSY', message: 'the session holds the state already' })
  await session.putState(name)
})

behaviour('a handle can come with a new state, which its session closes in one step', async (place) => {
  const { session } = place
  const other = await another(place)
  assert.equal((await session.newState('web', { handle: true })).attributes.inuse, process.pid)
  await refused(other, () => other.closeState('web'), IN_USE)
  assert.equal((await session.info()).sessions, 1)
  // A pin stands against it, and then the handle is still there.
  await session.pin('web')
  await refused(session, () => session.closeState('web'), PINNED)
  assert.equal((await session.show('web')).inuse, process.pid)
  await session.unpin('web')
  await session.closeState('web')
  assert.deepEqual(await session.list(), [])
})

behaviour('what runs stands against a close, also of who has the handle', async (place) => {
  const { session } = place
  const name = await place.newState()
  await session.getState(name)
  const running = failureOf(session.run(name, FOREVER, { budget: 0 }))
  await refused(session, () => session.closeState(name), IN_USE)
  await session.abort(name)
  assert.equal((await running)?.code, 'EINTR')
  await session.closeState(name)
})

behaviour('listings and readers do not stand against a close', async (place) => {
  const { session } = place
  const name = await place.newState()
  const reading = session.receive(name)
  const next = reading.next()
  for (let index = 0; index < 50; index++) await session.show(name)
  await session.closeState(name)
  assert.equal((await next).done, true)
})

behaviour('a handle that nobody has cannot be given back', async (place) => {
  const { session } = place
  const name = await place.newState()
  const none = { code: 'EINVAL', message: 'nobody holds the state' }
  await refused(session, () => session.putState(name), none)
  await refused(session, () => session.putState(name, { force: true }), none)
  await session.pin(name)
  await refused(session, () => session.putState(name), none)
  await session.unpin(name)
})

behaviour("while somebody else's chunk runs there is no handle; one's own does not matter", async (place) => {
  const { session } = place
  const name = await place.newState()
  const other = await another(place)
  const running = failureOf(other.run(name, FOREVER, { budget: 0 }))
  await refused(session, () => session.getState(name), IN_USE)
  await session.pin(name)
  await session.unpin(name)
  await session.abort(name)
  assert.equal((await running)?.code, 'EINTR')
  assert.equal((await session.getState(name)).attributes.inuse, process.pid)
  await session.putState(name)
})

behaviour('with force anybody gives a handle back, and what its session runs there is ended', async (place) => {
  const { session } = place
  const name = await place.newState()
  const other = await another(place)
  await other.getState(name)
  const running = failureOf(other.run(name, FOREVER, { budget: 0 }))
  await refused(session, () => session.putState(name), IN_USE)
  await session.putState(name, { force: true })
  assert.equal((await running)?.code, 'EINTR')
  assert.deepEqual((await session.run(name, 'return 1')).values, [1])
  await refused(other, () => other.putState(name), { code: 'EINVAL', message: 'nobody holds the state' })
  assert.deepEqual(await standing(session, name), FREE)
})

behaviour('an abort is open to everybody, whoever has the handle', async (place) => {
  const { session } = place
  const name = await place.newState()
  const other = await another(place)
  await other.getState(name)
  const running = failureOf(other.run(name, FOREVER, { budget: 0 }))
  await session.abort(name)
  assert.equal((await running)?.code, 'EINTR')
  assert.equal((await session.show(name)).inuse, process.pid)
})

// --- how handles go ---

behaviour('handles go with their session, however many they are', async (place) => {
  const { session } = place
  const names = await Promise.all(Array.from({ length: 20 }, () => place.newState()))
  const other = await open()
  for (const name of names) await other.getState(name)
  assert.equal((await session.info()).sessions, 1)
  other.close()
  for (const name of names) assert.deepEqual(await standing(session, name), FREE)
  assert.equal((await session.info()).sessions, 0)
})

behaviour('a handle of a process that is killed is given back, and the pid was told', async (place) => {
  const { session } = place
  const name = await place.newState()
  const wire = await someProcess(place)
  await take(wire, name)
  assert.deepEqual(await standing(session, name), { users: 2, pins: 0, inuse: wire.pid })
  await wire.end('SIGKILL')
  await freeAgain(session, name)
  assert.equal((await session.info()).sessions, 0)
})

behaviour('a process that is killed while its chunk runs in a state that it holds leaves nothing', async (place) => {
  const { session } = place
  const name = await place.newState()
  const wire = await someProcess(place)
  const token = await take(wire, name)
  const running = assert.rejects(wire.ask(chunk(name, FOREVER, u64(RUN.budget, 0n), u64(RUN.token, token)), 1))
  await eventually('it runs', async () => (await session.show(name)).users === 3)
  await wire.end('SIGKILL')
  await running
  await freeAgain(session, name)
  assert.deepEqual((await session.run(name, 'return 1')).values, [1])
})

behaviour('the end of the socket that has the handle ends what the session runs by others', async (place) => {
  const { session } = place
  const name = await place.newState()
  const [holder, runner] = [await someProcess(place), await someProcess(place)]
  const token = await take(holder, name)
  const running = runner.ask(chunk(name, FOREVER, u64(RUN.budget, 0n), u64(RUN.token, token)))
  await eventually('it runs', async () => (await session.show(name)).users === 3)
  await holder.shut()
  assert.equal((await running).errno, constants.errno.EINTR)
  await freeAgain(session, name)
})

// --- tokens ---

behaviour("a token makes a request the session's, on whatever socket; a wrong one does not", async (place) => {
  const { session } = place
  const name = await place.newState()
  const wire = await someProcess(place)
  const token = await take(wire, name)
  assert.equal((await wire.ask(chunk(name, 'n = 1'), 1)).errno, EBUSY)
  assert.equal((await wire.ask(chunk(name, 'n = 1', u64(RUN.token, token ^ (1n << 40n))), 1)).errno, EBUSY)
  assert.equal((await wire.ask(chunk(name, 'n = 2', u64(RUN.token, token)), 1)).errno, 0)
  assert.equal((await wire.ask(chunk(name, 'n = n + 1', u64(RUN.token, token)), 0)).errno, 0)
  const stranger = { command: COMMAND.getstate, attributes: [text(STATE.name, name), flag(STATE.handle), u64(STATE.token, 12345n)] }
  const answer = await wire.ask(stranger, 1)
  assert.deepEqual([answer.errno, answer.message], [ENOENT, 'there is no session with this token'])
  assert.equal((await wire.ask({ command: COMMAND.putstate, attributes: [text(STATE.name, name), flag(STATE.handle), u64(STATE.token, token)] }, 1)).errno, 0)
  assert.deepEqual((await session.run(name, 'return n')).values, [3])
})

behaviour('a token ends with its socket, and a later socket has another', async (place) => {
  const name = await place.newState()
  const wire = await someProcess(place)
  const token = await take(wire, name)
  await wire.shut()
  const later = await take(wire, name)
  assert.notEqual(later, token)
  assert.equal((await wire.ask(chunk(name, 'n = 1', u64(RUN.token, token)), 1)).errno, EBUSY)
})

// --- waiting ---

behaviour('a run that may not wait is refused at once while another runs', async (place) => {
  const { session } = place
  const name = await place.newState()
  const running = failureOf(session.run(name, FOREVER, { budget: 0 }))
  await refused(session, () => session.run(name, 'return 1', { wait: 0 }), IN_USE)
  await session.abort(name)
  assert.equal((await running)?.code, 'EINTR')
})

behaviour('a run waits for another as long as its own budget is, or as it says', async (place) => {
  const { session } = place
  const name = await place.newState()
  const running = failureOf(session.run(name, FOREVER, { budget: 0 }))
  for (const [options, seconds] of [[{ wait: 0.5 }, 0.5], [{ budget: 0.7 }, 0.7], [{}, DEFAULT_BUDGET]] as const) {
    const began = Date.now()
    assert.equal((await failureOf(session.run(name, 'return 1', options)))?.code, 'EBUSY')
    const took = (Date.now() - began) / 1000
    assert.ok(took >= seconds - 0.05 && took < seconds + 3 * SLOWNESS, `${took} s`)
  }
  const waiting = session.run(name, 'return 1', { wait: 30 * SLOWNESS })
  await sleep(100)
  await session.abort(name)
  assert.equal((await running)?.code, 'EINTR')
  assert.deepEqual((await waiting).values, [1])
})

behaviour('a run that says how long waits for a handle, too', async (place) => {
  const { session } = place
  const name = await place.newState()
  const other = await another(place)
  await other.getState(name)
  assert.equal((await failureOf(session.run(name, 'return 1', { wait: 0.3 })))?.code, 'EBUSY')
  const waiting = session.run(name, 'return 1', { wait: 30 * SLOWNESS })
  await sleep(100)
  await other.putState(name)
  assert.deepEqual((await waiting).values, [1])
})

behaviour('a run that waits is ended by its signal and its time limit, and never runs', async (place) => {
  const { session } = place
  const name = await place.newState()
  const running = failureOf(session.run(name, FOREVER, { budget: 0 }))
  const controller = new AbortController()
  const waiting = failureOf(session.run(name, 'ran = true', { wait: 100, signal: controller.signal }))
  assert.equal((await failureOf(session.run(name, 'ran = true', { wait: 100, timeout: 0.2 })))?.code, 'ETIMEDOUT')
  controller.abort()
  assert.equal((await waiting)?.code, 'EINTR')
  await session.abort(name)
  assert.equal((await running)?.code, 'EINTR')
  assert.deepEqual((await session.run(name, 'return ran')).values, [null])
})

behaviour('a hundred runs at once in one state all run, one after the other', async (place) => {
  const { session } = place
  const name = await place.newState()
  await session.run(name, 'n = 0')
  const code = 'n = n + 1 local before = n for i = 1, 20000 do end return before, n'
  const results = await Promise.all(Array.from({ length: 100 }, () => session.run(name, code, { wait: 60 * SLOWNESS, budget: 10 * SLOWNESS })))
  const seen = results.map(({ values: [before, after] }) => {
    assert.equal(before, after)
    return Number(before)
  })
  assert.deepEqual(seen.sort((a, b) => a - b), Array.from({ length: 100 }, (_, index) => index + 1))
  assert.deepEqual(await standing(session, name), FREE)
})
