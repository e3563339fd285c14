// SPDX-License-Identifier: MIT
// States as objects of the Node library: each has a handle, does its work through it, and is over once that is given back.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { open, type LunatikError, type Session, type State } from '../../native/addon/index.ts'
import { behaviour, failureOf, refused, type Place } from './guest.ts'

const IN_USE = { code: 'EBUSY', message: 'state is in use' }

async function another(place: Place): Promise<Session> {
  const session = await open()
  place.afterwards(() => { session.close() })
  return session
}

/** A folder for scripts. */
function folder(place: Place): string {
  const path = mkdtempSync(join(tmpdir(), 'handles.'))
  place.afterwards(() => { rmSync(path, { recursive: true }) })
  return path
}

/** How each method of a state fails. */
async function failuresOf(state: State): Promise<(LunatikError | undefined)[]> {
  const messages = (): Promise<unknown> => state.receive().next()
  return Promise.all([
    failureOf(state.doString('')),
    failureOf(state.doFile('/dev/null')),
    failureOf(state.send('')),
    failureOf(Promise.resolve().then(messages)),
    failureOf(state.set({ maxalloc: 2 ** 20 })),
    failureOf(state.show()),
    failureOf(state.put()),
    failureOf(state.close()),
  ])
}

behaviour('a new state is held by who made it, and everybody else finds it in use', async (place) => {
  const other = await another(place)
  const state = await place.session.newState('web', { maxalloc: 256 * 1024 })
  assert.deepEqual([state.name, state.held, state.attributes.maxalloc, state.attributes.inuse], ['web', true, 262144, process.pid])
  await refused(other, () => other.run('web', ''), IN_USE)
  assert.deepEqual((await state.doString('n = 1 return n, 7 / 2')).values, [1, 3.5])
  assert.equal((await state.put()).inuse, null)
  assert.deepEqual((await other.run('web', 'return n')).values, [1])
  const again = await other.getState('web')
  assert.deepEqual((await again.doString('return n')).values, [1])
  await again.close()
  assert.deepEqual(await place.session.list(), [])
})

behaviour('a state that is made without a handle is open to all, also by its object', async (place) => {
  const other = await another(place)
  const state = await place.session.newState('web', { handle: false })
  assert.equal(state.held, false)
  await other.run('web', 'n = 2')
  assert.deepEqual((await state.doString('return n')).values, [2])
  assert.equal((await failureOf(state.put()))?.message, 'nobody holds the state')
  await state[Symbol.asyncDispose]()
  await state.close()
})

behaviour('leaving the block gives back the handle, and the session', async (place) => {
  const { session } = place
  {
    await using mine = await open()
    await using state = await mine.newState('web')
    await state.doString('n = 3')
    await refused(session, () => session.run('web', ''), IN_USE)
  }
  assert.deepEqual((await session.run('web', 'return n')).values, [3])
  await session.closeState('web')
  assert.equal((await session.info()).sessions, 0)
})

behaviour('one that is given back or closed refuses whatever is asked of it', async (place) => {
  const given = await place.session.newState('web')
  await given.put()
  assert.deepEqual(new Set((await failuresOf(given)).map((error) => error?.message)), new Set(['the state has been given back']))
  const closed = await place.session.getState('web')
  await closed.close()
  for (const error of await failuresOf(closed)) assert.deepEqual([error?.code, error?.state, error?.message], ['EBADF', 'web', 'the state has been closed'])
  for (const state of [given, closed]) {
    // Nobody asks it for a message, and so nobody is told.
    state.receive()
    await state[Symbol.asyncDispose]()
  }
})

behaviour('one whose session is closed says so, and is left without a word', async () => {
  const session = await open()
  const state = await session.newState('web')
  session.close()
  assert.deepEqual(new Set((await failuresOf(state)).map((error) => error?.code)), new Set(['EBADF']))
  await state[Symbol.asyncDispose]()
  const other = await open()
  await other.closeState('web')
  other.close()
})

behaviour('one that somebody else took by force and closed is told so, and the session goes on', async (place) => {
  const other = await another(place)
  const state = await place.session.newState('web')
  await other.putState('web', { force: true })
  assert.equal((await failureOf(state.put()))?.code, 'EINVAL')
  await other.closeState('web')
  assert.deepEqual(new Set((await failuresOf(state)).map((error) => error?.code)), new Set(['ENOENT']))
  await state[Symbol.asyncDispose]()
  const next = await place.session.newState('web')
  assert.deepEqual((await next.doString('return 1')).values, [1])
  await next.close()
})

behaviour('what stands against closing leaves the handle where it was', async (place) => {
  const state = await place.session.newState('web')
  await place.session.pin('web')
  assert.equal((await failureOf(state.close()))?.code, 'EBUSY')
  assert.deepEqual([state.held, (await state.show()).inuse], [true, process.pid])
  await place.session.unpin('web')
  await state.close()
})

behaviour('attributes are what was told last', async (place) => {
  const state = await place.session.newState('web')
  await state.doString('return 1')
  assert.equal(state.attributes.runs, 0)
  assert.equal((await state.show()).runs, 1)
  assert.equal(state.attributes.runs, 1)
  await state.set({ maxalloc: 2 ** 21 })
  assert.equal(state.attributes.maxalloc, 2 ** 21)
  await state.close()
})

behaviour('messages go both ways through it', async (place) => {
  const state = await place.session.newState('web')
  await state.doString('function receive_callback(data) lunatik.send(data .. "!") return #data end')
  const messages = state.receive()
  assert.deepEqual((await state.send('hello')).values, [5])
  const { value } = await messages.next()
  assert.equal(Buffer.from(value?.data ?? []).toString(), 'hello!')
  const end = messages.next()
  await state.close()
  assert.equal((await end).done, true)
})

behaviour('a file runs under its path, without what is for the shell', async (place) => {
  const path = join(folder(place), 'it.lua')
  writeFileSync(path, '\ufeff#!/usr/bin/lua\nlocal a = 1\nerror("here")\n')
  const state = await place.session.newState('web', { maxalloc: 8 * 2 ** 20 })
  for (const file of [path, pathToFileURL(path)]) assert.match((await failureOf(state.doFile(file)))?.message ?? '', /it\.lua:3: here$/)
  assert.equal((await failureOf(state.doFile(path, { chunkName: '=mine' })))?.message, 'mine:3: here')
  writeFileSync(path, `return "${'x'.repeat(100_000)}"`)
  const [text] = (await state.doFile(path)).values
  assert.equal(typeof text === 'string' && text.length, 100_000)
  await state.close()
})

behaviour('a file that is missing, a folder, or without end is an error', async (place) => {
  const where = folder(place)
  const state = await place.session.newState('web')
  await assert.rejects(state.doFile(join(where, 'nosuch.lua')), { code: 'ENOENT', syscall: 'open' })
  await assert.rejects(state.doFile(where), { code: 'EISDIR' })
  symlinkSync('/dev/zero', join(where, 'endless.lua'))
  assert.equal((await failureOf(state.doFile(join(where, 'endless.lua'))))?.code, 'EMSGSIZE')
  await state.close()
})
