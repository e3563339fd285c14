// SPDX-License-Identifier: MIT
// Hundreds of namespaces with states in them, which all go at once while scripts run in some.

import assert from 'node:assert/strict'
import { open as openFile } from 'node:fs/promises'
import { open, type Session } from '../../native/addon/index.ts'
import { answers, loaded, told } from './consumer.ts'
import { behaviour, eventually, failureOf, outputOf, run, SLOWNESS, type Place } from './guest.ts'
import { freeMiB } from './memory.ts'

const COUNT = SLOWNESS === 1 ? 240 : 60

/** Namespaces made at a time: each of them takes a socket and a thread here. */
const AT_ONCE = 8

const names = Array.from({ length: COUNT }, (_, index) => `crowd${index}`)

/** Every so many-th has a session that stays, and of these some run a script for ever. */
const CLIENTS = names.filter((_, index) => index % 12 === 0)
const ENDLESS = CLIENTS.slice(0, 3)

/** Those whose states a module keeps, to see what becomes of them; in the first two it runs something for ever. */
const KEPT = names.filter((_, index) => index % (COUNT / 6) === 1)

/** By one process, which is faster than one for each. */
async function batch(command: 'add' | 'del'): Promise<void> {
  const { status, stderr } = await run(['ip', '-batch', '-'], { input: names.map((name) => `netns ${command} ${name}\n`).join('') })
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' })
}

/** A state with a quarter of a megabyte in it. */
async function populate(name: string): Promise<Session> {
  const session = await open({ netns: name })
  await session.newState('web', { handle: false })
  await session.run('web', 't = {} for i = 1, 64 do t[i] = ("x"):rep(4000) .. i end', { budget: 60 * SLOWNESS })
  return session
}

async function populateAll(): Promise<Map<string, Session>> {
  const clients = new Map<string, Session>()
  for (let first = 0; first < COUNT; first += AT_ONCE) {
    await Promise.all(names.slice(first, first + AT_ONCE).map(async (name) => {
      const session = await populate(name)
      if (CLIENTS.includes(name)) clients.set(name, session)
      else session.close()
    }))
  }
  return clients
}

/** The module takes a reference of the state in each, and runs something in two. Answers how those runs ended. */
async function keep(): Promise<Promise<string>[]> {
  for (const [slot, name] of KEPT.entries()) {
    const file = await openFile(`/run/netns/${name}`)
    await answers(`netgetstate fd:${file.fd} ${slot} web`, '0')
    await file.close()
  }
  return [told('run 0 0 0 spin -'), told('dostring 1 0 0 while true do end')]
}

async function allDead(): Promise<boolean> {
  for (const slot of KEPT.keys()) if (!(await told(`show ${slot}`)).endsWith('dead')) return false
  return true
}

/** All of it once. Answers milliseconds from the deletion until the states were dead. */
async function round(place: Place): Promise<number> {
  await batch('add')
  place.afterwards(() => run(['sh', '-c', 'ip -o netns | cut -d " " -f 1 | grep "^crowd" | xargs -rn 1 ip netns del']))
  const clients = await populateAll()
  const endless = ENDLESS.map((name) => failureOf(clients.get(name)?.run('web', 'while true do end', { budget: 0 }) ?? Promise.resolve()))
  const kept = await keep()

  const began = Date.now()
  await batch('del')
  await eventually('the states are dead', allDead, 60 * SLOWNESS)
  const took = Date.now() - began
  for (const ended of await Promise.all(kept)) assert.match(ended, /^ESHUTDOWN/)

  // A socket keeps its namespace, which has no name any more.
  for (const [name, session] of clients) {
    if (!ENDLESS.includes(name)) assert.deepEqual((await session.run('web', 'return #t', { budget: 60 * SLOWNESS })).values, [64])
    session.close()
  }
  await Promise.all(endless)
  for (const slot of KEPT.keys()) await answers(`putstate ${slot} 1`, '1')
  return took
}

behaviour(`${COUNT} namespaces with states, clients and endless scripts go at once, soon, and leave no memory behind`, async (place) => {
  await loaded(place)
  // the first round also fills the kernel's own caches
  await round(place)
  const between = await freeMiB()
  const took = await round(place)
  assert.ok(took < 30_000 * SLOWNESS, `${took} ms`)
  await eventually('the memory is back', async () => (await freeMiB()) > between - COUNT / 10)
  assert.equal(await outputOf('ip', 'netns'), '')
})
