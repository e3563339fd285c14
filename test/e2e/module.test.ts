// SPDX-License-Identifier: MIT
// The module itself: gone, loaded again, loaded with other limits.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LunatikError, open, type Session } from '../../native/addon/index.ts'
import { behaviour, eventually, failureOf, KERNEL, lunatikctl, MODULE, outputOf, Program, refused, run, TEST_MS } from './guest.ts'

const KIB = 1024

async function load(...parameters: readonly string[]): Promise<void> {
  await outputOf('insmod', MODULE, ...parameters)
  if (KERNEL === 'debug' && !parameters.some((parameter) => parameter.startsWith('budget='))) await outputOf('sh', '-c', 'echo 6000 >/sys/module/lunatik/parameters/budget')
}

/** Waits for sockets that were closed just now. */
async function unload(): Promise<void> {
  await eventually('the module can be unloaded', async () => (await run(['rmmod', 'lunatik'])).status === 0)
}

async function reloaded(...parameters: readonly string[]): Promise<void> {
  await unload()
  await load(...parameters)
}

/** With parameters, and back to what is usual. */
function loadedWith(parameters: string, name: string, check: (session: Session) => Promise<void>): void {
  void test(name, { timeout: TEST_MS }, async () => {
    await reloaded(...parameters.split(' '))
    const session = await open()
    try {
      await check(session)
      for (const state of await session.list()) await session.closeState(state.name)
    } finally {
      session.close()
      await reloaded()
    }
  })
}

void test('without the module every command says how to load it: exit 8; version tells', { timeout: TEST_MS }, async () => {
  await unload()
  try {
    const commands = [['new', 'web'], ['close', 'web'], ['list'], ['show', 'web'], ['do', 'web', '-e', 'return 1']]
    const ended = await Promise.all(commands.map((args) => lunatikctl(args)))
    for (const [index, { status, stdout, stderr }] of ended.entries()) {
      assert.deepEqual({ status, stdout }, { status: 8, stdout: '' })
      assert.equal(stderr, `lunatikctl: ${commands[index]?.[0]}: the module lunatik is not loaded\nlunatikctl: load it with: modprobe lunatik\n`)
    }
    const version = await lunatikctl(['version'])
    assert.equal(version.status, 0)
    assert.match(version.stdout, /^lunatikctl +\d.*\nmodule +-\nkstate +-\n$/)
    assert.match(version.stderr, /not loaded; load it with: modprobe lunatik\n$/)
    await assert.rejects(open(), (error) => error instanceof LunatikError && error.code === 'ENOMODULE')
  } finally {
    await load()
  }
  assert.equal(await outputOf('lunatikctl', 'list', '-o', 'name'), '')
})

void test('states go with the module, and a session that was open says that it is gone, and goes on after', { timeout: TEST_MS }, async () => {
  const session = await open()
  for (const name of ['a', 'b', 'c']) {
    await session.newState(name, { handle: false })
    await session.run(name, 't = {} for i = 1, 1000 do t[i] = {} end')
  }
  await unload()
  assert.equal((await failureOf(session.list()))?.code, 'ENOMODULE')
  assert.equal((await failureOf(session.run('a', 'return 1')))?.code, 'ENOMODULE')
  await load()
  assert.deepEqual(await session.list(), [])
  await session.newState('a', { handle: false })
  assert.deepEqual((await session.run('a', 'return 1')).values, [1])
  await session.closeState('a')
  session.close()
})

behaviour('while a script runs the module stays, and goes afterwards', async (place) => {
  const name = await place.newState()
  const client = new Program(['lunatikctl', 'do', name, '--timeout', '0', '-e', 'print("begun") while true do end'])
  await client.printed('begun')
  assert.notEqual((await run(['rmmod', 'lunatik'])).status, 0)
  assert.equal((await place.session.show(name)).inuse, client.pid)
  client.kill('SIGKILL')
  await client.ended
  await reloaded()
})

loadedWith('maxstates=3', 'more states than the module allows: ENOSPC, exit 1', async (session) => {
  assert.equal((await session.info()).statesMax, 3)
  for (const name of ['a', 'b', 'c']) await session.newState(name, { handle: false })
  await refused(session, () => session.newState('d', { handle: false }), { code: 'ENOSPC', message: 'the namespace has as many states as it may have' })
  const { status, stderr } = await lunatikctl(['new', 'd'])
  assert.deepEqual([status, stderr], [1, 'lunatikctl: new: d: the namespace has as many states as it may have (ENOSPC)\n'])
  await session.closeState('b')
  await session.newState('d', { handle: false })
})

loadedWith(`maxmemory=${512 * KIB}`, 'more memory than the module allows a namespace: EDQUOT for a new state, an error in a script', async (session) => {
  await session.newState('a', { handle: false, maxalloc: 8192 * KIB })
  const error = await failureOf(session.run('a', 't = {} for i = 1, math.huge do t[i] = ("x"):rep(100) .. i end', { budget: 10 }))
  assert.deepEqual([error?.code, error?.message], ['ECANCELED', 'not enough memory'])
  assert.ok((await session.info()).memory <= 512 * KIB)
  for (let index = 0; ; index++) {
    const refusal = await failureOf(session.newState(`s${index}`, { handle: false }))
    if (refusal) {
      assert.deepEqual([refusal.code, refusal.message], ['EDQUOT', "the namespace holds as much memory as it may"])
      break
    }
    assert.ok(index < 100)
  }
  await session.closeState('a')
  await session.newState('again', { handle: false })
})

loadedWith('budget=100 maxalloc=131072 maxoutput=1000', 'the defaults of budget, maxalloc and output are parameters', async (session) => {
  const { budget, maxalloc, outputMax } = await session.info()
  assert.deepEqual({ budget, maxalloc, outputMax }, { budget: 0.1, maxalloc: 131072, outputMax: 1000 })
  assert.equal((await session.newState('a', { handle: false })).attributes.maxalloc, 131072)
  const began = Date.now()
  assert.equal((await failureOf(session.run('a', 'while true do end')))?.code, 'ETIME')
  assert.ok(Date.now() - began < 5000)
  const { output, cut } = await session.run('a', 'for i = 1, 100 do print(("x"):rep(99)) end')
  assert.deepEqual([output.length, cut], [1000, true])
})
