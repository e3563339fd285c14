// SPDX-License-Identifier: MIT
// Whoever has the contract can drive the module: the kernel's own YNL does so with every operation, dump and notification.

import assert from 'node:assert/strict'
import { constants } from 'node:os'
import { after } from 'node:test'
import { decodeValues } from '../../native/addon/values.ts'
import { behaviour, outputOf } from './guest.ts'
import { CONTRACT, hex, PYTHON, unhex, Ynl, YNL, type Attributes } from './ynl.ts'

const { EBUSY, ECANCELED, EEXIST, EINVAL, ENOENT, ESTALE } = constants.errno

// One for all tests, since Python takes its time; sockets are its own until it ends.
const ynl = new Ynl()
after(() => ynl.end())

/** What a run gave, put together. */
function together(parts: readonly Attributes[], of: string): Buffer {
  return Buffer.concat(parts.filter((part) => of in part).map((part) => Buffer.from(String(part[of]), 'hex')))
}

behaviour('YNL makes, lists, changes and closes a state', async () => {
  const made = await ynl.do('newstate', { name: 'ynl', maxalloc: 131072, context: 'process', generation: 7, step: hex('a') })
  assert.deepEqual([made?.['name'], made?.['maxalloc'], made?.['context'], made?.['users'], made?.['generation']], ['ynl', 131072, 'process', 1, 7])
  assert.equal(unhex(made?.['step']), 'a')
  const set = await ynl.do('set', { name: 'ynl', maxalloc: 262144, 'expect-generation': 7 })
  assert.deepEqual([set?.['maxalloc'], set?.['generation']], [262144, 8])
  assert.deepEqual(await ynl.refused('do', 'set', { name: 'ynl', maxalloc: 65536, 'expect-generation': 7 }), {
    errno: ESTALE, message: 'the state is of another generation', attribute: undefined,
  })
  assert.equal((await ynl.do('list', { name: 'ynl' }))?.['maxalloc'], 262144)
  assert.deepEqual((await ynl.dump('list', { pattern: 'y*' })).map(({ name }) => name), ['ynl'])
  assert.deepEqual(await ynl.dump('list', { pattern: 'z*' }), [])
  assert.equal(await ynl.do('close', { name: 'ynl' }), null)
})

behaviour('YNL runs chunks, uploads long ones, gives messages, and takes what they give', async (place) => {
  const name = await place.newState()
  const parts = await ynl.dump('dostring', { name, 'chunk-name': '=ynl', code: hex('print("x" .. 1) return 7 / 2, "b"'), budget: 1000000 })
  assert.equal(together(parts, 'output').toString(), 'x1\n')
  assert.deepEqual(decodeValues(together(parts, 'values')), [3.5, 'b'])
  assert.equal(parts.at(-1)?.['status'], 0)

  const long = `x = [[${'a'.repeat(40000)}]] function receive_callback(m) return m, #x end`
  const first = await ynl.do('upload', { name, total: long.length, code: hex(long.slice(0, 30000)) })
  assert.equal(first?.['offset'], 30000)
  const upload = first['upload'] ?? 0
  await ynl.do('upload', { name, upload, offset: 30000, code: hex(long.slice(30000)) })
  assert.equal((await ynl.dump('dostring', { name, upload })).at(-1)?.['status'], 0)
  assert.deepEqual(decodeValues(together(await ynl.dump('data', { name, data: hex('hello') }), 'values')), ['hello', 40000])
  assert.equal((await ynl.refused('dump', 'dostring', { name, code: hex('error("x")') })).errno, ECANCELED)
})

behaviour('YNL takes references and gives them back; they are exclusive where they have to be', async (place) => {
  const name = await place.newState()
  const pinned = await ynl.do('getstate', { name })
  assert.deepEqual([pinned?.['pins'], pinned?.['users']], [1, 2])
  await ynl.do('putstate', { name })
  const held = await ynl.do('getstate', { name, handle: true })
  assert.equal(held?.['inuse'], ynl.pid)
  const code = hex('return 1')
  assert.equal((await ynl.refused('dump', 'dostring', { name, code, wait: 0 }, 1)).errno, EBUSY)
  const token = held['token'] ?? 0
  assert.equal((await ynl.dump('dostring', { name, code, wait: 0, token }, 1)).at(-1)?.['status'], 0)
  assert.equal((await ynl.do('putstate', { name, handle: true, force: true }, 1))?.['inuse'], undefined)
  assert.equal((await ynl.refused('do', 'putstate', { name })).errno, EINVAL)
})

behaviour('YNL hears that something waits, and takes it', async (place) => {
  const name = await place.newState()
  // On a socket of its own: YNL is taken aback by a notification amid the answers to its requests.
  await ynl.do('receive', { name }, 3)
  await place.session.run(name, 'lunatik.send("one") lunatik.send("two")')
  const [ready] = await ynl.hear(3)
  assert.deepEqual([ready?.operation, ready?.['name']], ['ready', name])
  const messages = await ynl.dump('receive', { name }, 3)
  assert.deepEqual(messages.map(({ sequence, size, data }) => [sequence, size, unhex(data)]), [[1, 3, 'one'], [2, 3, 'two']])
})

behaviour('YNL aborts what runs, and hears of it and of what else happens', async (place) => {
  await ynl.subscribe('events', 2)
  const name = await place.newState()
  const running = place.session.run(name, 'while true do end', { budget: 0 }).catch(String)
  for (let tries = 0; (await ynl.do('list', { name }))?.['inuse'] === undefined; tries++) assert.ok(tries < 1000)
  assert.equal(await ynl.do('abort', { name }), null)
  await running
  const events: Awaited<ReturnType<Ynl['hear']>>[number][] = []
  while (!events.some(({ type }) => type === 'aborted')) events.push(...(await ynl.hear(2)))
  assert.deepEqual(events.map(({ operation, name: of, type }) => [operation, of, type]), [['event', name, 'created'], ['event', name, 'aborted']])
  assert.equal((await ynl.refused('do', 'abort', { name })).errno, ENOENT)
})

behaviour("YNL is told in the kernel's words what is wrong, and with which attribute", async (place) => {
  const name = await place.newState()
  assert.deepEqual(await ynl.refused('do', 'newstate', { name }), { errno: EEXIST, message: 'a state of that name exists', attribute: undefined })
  assert.equal((await ynl.refused('do', 'newstate', { name: 'a/b' })).attribute, '.name')
  assert.deepEqual(await ynl.refused('do', 'close'), { errno: EINVAL, message: 'the name of a state is missing', attribute: undefined })
})

behaviour('the whole of it: no operation of the contract is left out', async () => {
  const info = await ynl.do('info')
  assert.deepEqual([info?.['name-max'], info?.['protocol']], [63, 1])
  assert.deepEqual([...ynl.used].sort(), [...(await ynl.operations())].sort())
})

behaviour('the tool as it is started by hand', async () => {
  const schema = `${YNL}/Documentation/netlink/genetlink-legacy.yaml`
  const tool = [PYTHON, `${YNL}/tools/net/ynl/cli.py`, '--spec', CONTRACT, '--schema', schema, '--output-json']
  assert.equal((JSON.parse(await outputOf(...tool, '--do', 'info')) as Attributes)['states'], 0)
})
