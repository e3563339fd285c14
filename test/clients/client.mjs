// SPDX-License-Identifier: MIT
// client.mjs SHARED OWN: works on two states through the Node library, without end, until it is killed: on SHARED, which is
// there, together with whoever else does; on OWN, which it makes and closes, alone. Prints a line for each round. What
// others may cause is part of it; anything else ends it with status 1.
//
// Killed, it may leave a pin on SHARED, as pins do, and OWN without a handle; nothing else.

import assert from 'node:assert/strict'
import { LunatikError, open } from 'lunatikctl'

const [shared, own] = process.argv.slice(2)
/** More than one message of netlink holds, so that it is brought in fragments. */
const LARGE = `local text = "${'x'.repeat(100_000)}" return #text`
const SECONDS = { wait: 30, budget: 30 }

/** Whether it was done; not, where somebody else was in the way. */
async function done(work, ...excuses) {
  try {
    await work
    return true
  } catch (error) {
    if (error instanceof LunatikError && excuses.includes(error.code)) return false
    throw error
  }
}

async function onShared(session) {
  const values = async (code) => {
    const result = await session.run(shared, code, SECONDS)
    return result.values
  }
  const counted = async () => assert.equal((await values('count = (count or 0) + 1 lunatik.send("node") return 1'))[0], 1)
  const uploaded = async () => assert.deepEqual(await values(LARGE), [100_000])
  await done(counted(), 'EBUSY', 'EINTR')
  await done(uploaded(), 'EBUSY', 'EINTR')
  if (await done(session.pin(shared), 'EBUSY')) await done(session.unpin(shared), 'EBUSY', 'EINVAL')
  await done(held(session), 'EBUSY', 'EINVAL')
  await done(received(session), 'EBUSY')
}

/** With the handle nobody else comes between two runs. */
async function held(session) {
  const state = await session.getState(shared)
  await state.doString('mine = "node"', SECONDS)
  assert.deepEqual((await state.doString('return mine', SECONDS)).values, ['node'])
  await state.put()
}

/** One message, if there is one within a moment: others read them, too. */
async function received(session) {
  const signal = AbortSignal.timeout(20)
  const messages = session.receive(shared, { signal })
  try {
    await messages.next()
  } catch (error) {
    if (error.cause !== signal.reason) throw error
  } finally {
    await messages.return()
  }
}

async function onOwn(session) {
  const made = await done(session.newState(own), 'EEXIST')
  if (!made) await session.getState(own)
  await session.run(own, 'function receive_callback(data) lunatik.send(data) return #data end', SECONDS)
  const messages = session.receive(own)
  const data = Buffer.alloc(32 * 1024, 'own')
  for (let count = 0; count < 3; count++) {
    assert.deepEqual((await session.send(own, data, SECONDS)).values, [data.length])
    const { value } = await messages.next()
    assert.equal(value.data.length, data.length)
  }
  await messages.return()
  await session.closeState(own)
}

for (let round = 1; ; round++) {
  const session = await open()
  await Promise.all([onShared(session), onOwn(session)])
  session.close()
  process.stdout.write(`round ${round}\n`)
}
