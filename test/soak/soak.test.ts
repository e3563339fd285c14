// SPDX-License-Identifier: MIT
// Clients, namespaces and modules that all work at once: on states of their own and on shared ones, while namespaces come
// and go, another module holds states, and lunatik itself is taken away and comes back. Afterwards nothing is left: every
// machine that was made was destroyed.
//
// That is counted where machines are made and destroyed: lists and totals would not tell of a machine that nobody knows any more.

import assert from 'node:assert/strict'
import { open as openFile, writeFile } from 'node:fs/promises'
import { test } from 'node:test'
import { open, type Session } from '../../native/addon/index.ts'
import { load as loadConsumer, told, unloadUnlessUsed } from '../e2e/consumer.ts'
import { Counting } from '../e2e/counting.ts'
import { eventually, failureOf, MODULE, outputOf, run, SLOWNESS, sleep } from '../e2e/guest.ts'
import { FUZZ_MS, SECONDS, SEED } from '../fuzz/time.ts'

const NAMESPACES = ['soak0', 'soak1', 'soak2'] as const
const SHARED = ['a', 'b', 'c'] as const
const SLOTS = 4

/** What may go wrong for a client whose states, namespace and module are taken from under it. */
const MAY_FAIL = new Set([
  'ENOENT', 'EEXIST', 'EBUSY', 'EINVAL', 'EINTR', 'ECANCELED', 'ETIME', 'ESTALE', 'ENOMODULE', 'ESHUTDOWN', 'ETIMEDOUT', 'ENOSPC', 'EDQUOT',
])

const CODES = [
  'return 1', 'while true do end', 'for i = 1, 2000 do print(i) end', 't = t or {} for i = 1, 3000 do t[i] = ("x"):rep(i % 200) end', 't = nil collectgarbage()',
  'coroutine.wrap(function() for i = 1, 1e6 do end end)()', 'lunatik.send(("m"):rep(3000))', 'return ("y"):rep(50000)', 'error({})',
  'function receive_callback(m) return #m end',
]

/** States that have it keep the module that it is of. */
const WITH_LIBRARY = 'return require("consumer") ~= nil'
const library = { mayBeHad: false }

function someCode(): string {
  return library.mayBeHad && Math.random() < 0.1 ? WITH_LIBRARY : anyOf(CODES)
}

type Work = () => Promise<unknown>

function anyOf<T>(of: readonly T[]): T {
  // An index below its length is in it.
  return of[Math.floor(Math.random() * of.length)] as T
}

/** How much of what was done came to a good end. */
const done = { well: 0, refused: 0, loads: 0, refusedLoads: 0, namespaces: 0 }

async function attempt(work: Work): Promise<void> {
  const error = await failureOf(work())
  if (error === undefined) done.well++
  else done.refused++
  assert.ok(error === undefined || MAY_FAIL.has(error.code), `${error?.code}: ${error?.message}`)
}

// --- clients ---

function operations(session: Session, state: string): readonly Work[] {
  const options = { budget: 0.05 + Math.random() / 10, wait: Math.random() / 10 }
  return [
    () => session.newState(state, { maxalloc: 256 * 1024, handle: Math.random() < 0.2 }),
    () => session.newState(state, { handle: false }),
    () => session.run(state, someCode(), options),
    () => session.run(state, someCode(), options),
    () => session.run(state, `${someCode()} --${'x'.repeat(90_000)}`, { ...options, signal: AbortSignal.timeout(Math.ceil(Math.random() * 100)) }),
    () => session.send(state, 'm'.repeat(Math.floor(Math.random() * 30_000)), options),
    () => session.getState(state),
    () => session.putState(state, { force: Math.random() < 0.3 }),
    () => session.pin(state),
    () => session.unpin(state),
    () => session.set(state, { maxalloc: 65536 * (1 + Math.floor(Math.random() * 8)) }),
    () => session.abort(state),
    () => session.list(),
    () => session.closeState(state),
  ]
}

/** Somebody reads what one of the states sends, for a while. */
async function read(session: Session): Promise<void> {
  await attempt(async () => {
    for await (const { data } of session.receive(anyOf(SHARED), { signal: AbortSignal.timeout(200) })) assert.ok(data.length <= 32768)
  })
}

async function client(netns: string | undefined, own: string, until: number): Promise<void> {
  while (Date.now() < until) {
    await attempt(async () => {
      const session = await open(netns === undefined ? {} : { netns })
      try {
        for (let i = 0; i < 60 && Date.now() < until; i++) {
          if (Math.random() < 0.03) await read(session)
          else await attempt(anyOf(operations(session, Math.random() < 0.3 ? own : anyOf(SHARED))))
        }
      } finally {
        session.close()
      }
    })
    // Without a namespace or the module there is nothing to do.
    await sleep(20)
  }
}

// --- namespaces, modules ---

/** Deletes one, whatever goes on there, and makes it anew. */
async function renew(name: string): Promise<void> {
  await run(['ip', 'netns', 'del', name])
  await run(['ip', 'netns', 'add', name])
  done.namespaces++
}

async function churn(until: number): Promise<void> {
  while (Date.now() < until) {
    await renew(anyOf(NAMESPACES))
    await sleep(300)
  }
}

/** Another module takes references, runs something with them, and gives them back, in namespaces that may go. */
async function consume(slot: number, until: number): Promise<void> {
  while (Date.now() < until) {
    const file = await openFile(`/run/netns/${anyOf(NAMESPACES)}`).catch(() => undefined)
    // There is none at the moment, or one that is on its way to be.
    const took = file && (await told(`${anyOf(['netgetstate', 'lookupget'])} fd:${file.fd} ${slot} ${anyOf(SHARED)}`).catch(() => 'EINVAL'))
    await file?.close()
    if (took === '0') {
      await told(`dostring ${slot} 50000 20000 ${anyOf(['return 1', 'while true do end', 't = { {} }'])}`)
      await told(`softirq getstate ${slot} 3`)
      await told(`softirq putstate ${slot} 3`)
      await told(`putstate ${slot} 1`)
    } else {
      await sleep(20)
    }
  }
}

async function loadModule(): Promise<void> {
  await outputOf('insmod', MODULE)
  if (SLOWNESS > 1) await writeFile('/sys/module/lunatik/parameters/budget', '6000')
}

/** Without lunatik, if nobody is in the middle of something; then with it again. */
async function reload(): Promise<void> {
  if ((await run(['rmmod', 'lunatik'])).status !== 0) {
    done.refusedLoads++
    return
  }
  await sleep(50)
  await loadModule()
  done.loads++
}

/** Nothing of what clients have made stays here. */
async function closeStates(): Promise<void> {
  const session = await open()
  for (const { name, pins } of await session.list()) {
    for (let pin = 0; pin < pins; pin++) await failureOf(session.unpin(name))
    await failureOf(session.putState(name, { force: true }))
    await failureOf(session.abort(name))
    await failureOf(session.closeState(name))
  }
  session.close()
}

/** Once all states are gone that have its library. */
async function unloadConsumer(): Promise<void> {
  library.mayBeHad = false
  await eventually('the consumer can be unloaded', async () => {
    await closeStates()
    if (await unloadUnlessUsed()) return true
    await renew(anyOf(NAMESPACES))
    return false
  })
}

/** With the other module lunatik stays, whatever is tried. */
async function withConsumer(until: number): Promise<void> {
  await loadConsumer()
  library.mayBeHad = true
  const refusals = async (): Promise<void> => {
    do {
      assert.notEqual((await run(['rmmod', 'lunatik'])).status, 0)
      done.refusedLoads++
      await sleep(500)
    } while (Date.now() < until)
  }
  await Promise.all([refusals(), ...Array.from({ length: SLOTS }, (_, slot) => consume(slot, until))])
  await unloadConsumer()
}

async function withoutConsumer(until: number): Promise<void> {
  while (Date.now() < until) {
    await reload()
    await sleep(200)
  }
}

async function modules(until: number): Promise<void> {
  const turn = Math.min(20_000, SECONDS * 250)
  while (Date.now() < until) {
    await withConsumer(Math.min(until, Date.now() + turn))
    await withoutConsumer(Math.min(until, Date.now() + turn))
  }
}

// --- what was made, and destroyed ---

const PROBES = { made: 'lunatik_arena_init', destroyed: 'lunatik_arena_destroy' } as const

/** Takes all that the clients have left, and the module, so that what was made with it is destroyed, too. */
async function takeAllAway(): Promise<void> {
  for (const name of NAMESPACES) await run(['ip', 'netns', 'del', name])
  await eventually('the module can be unloaded', async () => (await run(['rmmod', 'lunatik'])).status === 0)
}

async function everythingAtOnce(counting: Counting): Promise<void> {
  await loadModule()
  const until = Date.now() + SECONDS * 1000
  for (const name of NAMESPACES) await outputOf('ip', 'netns', 'add', name)
  const kills = async (): Promise<void> => {
    let seed = SEED
    while (Date.now() < until) {
      const { status, stderr } = await run(['build/test/kills', String(seed++), '20'], { ms: 120_000 * SLOWNESS })
      // The module may be away just then.
      assert.ok(status === 0 || /no family|info/.test(stderr), stderr)
    }
  }
  await Promise.all([
    client(undefined, 'own', until), client(NAMESPACES[0], 'own', until), client(NAMESPACES[0], 'mine', until), client(NAMESPACES[1], 'own', until),
    client(NAMESPACES[2], 'own', until), churn(until), modules(until), kills(),
  ])
  await takeAllAway()
  const { made, destroyed } = await counting.counted()
  await loadModule()
  assert.ok(made !== undefined)
  assert.equal(destroyed, made, JSON.stringify(done))
  // However little the machine had time for, it was some of each.
  assert.ok(made > 5 && done.well > 20 && done.namespaces > 0 && done.loads + done.refusedLoads > 0, JSON.stringify(done))
  process.stdout.write(`  ${made} machines made and destroyed; ${JSON.stringify(done)}\n`)
}

// No session outlives its module, so this is none of the tests that begin with one.
void test(`everything at once, for ${SECONDS} s; every machine that was made was destroyed`, { timeout: FUZZ_MS }, async () => {
  await eventually('the module can be unloaded', async () => (await run(['rmmod', 'lunatik'])).status === 0)
  // What the module makes when it is loaded is counted, too.
  const counting = await Counting.start('lunatik', PROBES)
  try {
    await everythingAtOnce(counting)
  } finally {
    await counting.stop()
  }
  const session = await open()
  assert.deepEqual(await session.list(), [])
  session.close()
})
