// SPDX-License-Identifier: MIT
// What lets a change over many states be finished after a crash: generations, steps, what was loaded. And the events that
// tell others of all that.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { open, type Change, type LunatikEvent, type Session } from '../../native/addon/index.ts'
import { behaviour, failureOf, listing, outputOf, refused, sleep, SLOWNESS, type Place } from './guest.ts'

const KIB = 1024
const MIB = 1024 * KIB
const STALE = { code: 'ESTALE', message: 'the state is of another generation' }
const OLDER = { code: 'ESTALE', message: "the state's generation is not an older one" }
const MADE = { code: 'EALREADY', message: 'this step was made already' }

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))

/** All that changes a state; each works, and is told by its run or its limit. */
const CHANGES: Readonly<Record<string, (session: Session, name: string, change: Change) => Promise<unknown>>> = {
  'a chunk': (session, name, change) => session.run(name, 'n = (n or 0) + 1', change),
  'a large chunk': (session, name, change) => session.run(name, 'n = (n or 0) + 1'.padEnd(40_000), change),
  'a message': (session, name, change) => session.send(name, 'x', change),
  'a new limit': (session, name, change) => session.set(name, { maxalloc: 2 * MIB, ...change }),
}

/** A state of generation 2. */
async function prepared(place: Place): Promise<string> {
  const name = await place.newState()
  await place.session.run(name, 'function receive_callback() n = (n or 0) + 1 end')
  return name
}

async function generationOf(session: Session, name: string): Promise<number> {
  return (await session.show(name)).generation
}

async function stepOf(session: Session, name: string): Promise<string | null> {
  const { step } = await session.show(name)
  return step && Buffer.from(step).toString('latin1')
}

// --- generations ---

behaviour('a state begins with generation 1, or with the one that is asked for', async ({ session }) => {
  assert.equal((await session.newState('web', { handle: false })).attributes.generation, 1)
  assert.equal((await session.newState('later', { handle: false, generation: 2 ** 52 })).attributes.generation, 2 ** 52)
  for (const name of ['web', 'later']) await session.closeState(name)
})

for (const [what, change] of Object.entries(CHANGES)) {
  behaviour(`${what} moves the generation on by one, or to the one that is asked for`, async (place) => {
    const { session } = place
    const name = await prepared(place)
    await change(session, name, {})
    assert.equal(await generationOf(session, name), 3)
    await change(session, name, { generation: 10 })
    assert.equal(await generationOf(session, name), 10)
    await change(session, name, { expectGeneration: 10 })
    assert.equal(await generationOf(session, name), 11)
    await change(session, name, { expectGeneration: 11, generation: 2 ** 52 })
    assert.equal(await generationOf(session, name), 2 ** 52)
  })

  behaviour(`${what} that expects another generation, or asks for an older one, changes nothing`, async (place) => {
    const { session } = place
    const name = await prepared(place)
    for (const expectGeneration of [1, 3, 2 ** 52]) await refused(session, () => change(session, name, { expectGeneration }), STALE)
    for (const generation of [1, 2]) await refused(session, () => change(session, name, { generation }), OLDER)
    assert.deepEqual((await session.run(name, 'return n')).values, [null])
  })

  behaviour(`${what} keeps its step, and is not made twice`, async (place) => {
    const { session } = place
    const name = await prepared(place)
    assert.equal(await stepOf(session, name), null)
    await change(session, name, { step: bytes('one') })
    assert.equal(await stepOf(session, name), 'one')
    await refused(session, () => change(session, name, { step: bytes('one') }), MADE)
    // It is told before anything else that may have moved on meanwhile.
    await refused(session, () => change(session, name, { step: bytes('one'), expectGeneration: 1 }), MADE)
    await change(session, name, {})
    assert.equal(await stepOf(session, name), 'one')
    await change(session, name, { step: bytes('two') })
    await change(session, name, { step: bytes('one') })
    assert.equal(await stepOf(session, name), 'one')
  })
}

behaviour('a chunk that fails moves the generation on, and leaves no step', async (place) => {
  const { session } = place
  const name = await prepared(place)
  for (const [index, code] of ['error("x")', 'return return', 'while true do end'].entries()) {
    assert.ok(await failureOf(session.run(name, code, { step: bytes('one'), budget: 0.1 })))
    assert.deepEqual([await generationOf(session, name), await stepOf(session, name)], [3 + index, null])
  }
  await session.run(name, 'return', { step: bytes('one') })
  assert.equal(await stepOf(session, name), 'one')
})

behaviour('a close may expect a generation', async (place) => {
  const { session } = place
  const name = await prepared(place)
  await refused(session, () => session.closeState(name, { expectGeneration: 1 }), STALE)
  await session.closeState(name, { expectGeneration: 2 })
  assert.deepEqual(await session.list(), [])
})

behaviour('a step has 1 to 64 bytes, whatever they are; a new state may have one', async ({ session }) => {
  const step = Uint8Array.from({ length: 64 }, (_, index) => index * 4)
  assert.deepEqual((await session.newState('web', { handle: false, step })).attributes.step, step)
  await refused(session, () => session.run('web', 'return', { step }), MADE)
  await session.run('web', 'return', { step: Uint8Array.of(0) })
  assert.deepEqual((await session.show('web')).step, Uint8Array.of(0))
  const refusal = { code: 'EINVAL', message: "a step's mark has 1 to 64 bytes" }
  await refused(session, () => session.set('web', { maxalloc: MIB, step: new Uint8Array(65) }), { ...refusal, attribute: 'step' })
  await refused(session, () => session.run('web', 'return', { step: new Uint8Array(65) }), refusal)
  await session.closeState('web')
})

behaviour('of many changes at once that expect the same generation one is made', async (place) => {
  const { session } = place
  const name = await prepared(place)
  const codes = await Promise.all(Array.from({ length: 20 }, async () =>
    (await failureOf(session.run(name, 'n = (n or 0) + 1 for i = 1, 10000 do end', { expectGeneration: 2, wait: 30 * SLOWNESS, budget: 5 * SLOWNESS })))?.code))
  assert.deepEqual(codes.filter((code) => code !== 'ESTALE'), [undefined])
  assert.deepEqual([(await session.run(name, 'return n')).values, await generationOf(session, name)], [[1], 4])
})

behaviour('the same step by many at once is made once', async (place) => {
  const { session } = place
  const name = await prepared(place)
  const codes = await Promise.all(Array.from({ length: 20 }, async () =>
    (await failureOf(session.run(name, 'n = (n or 0) + 1 for i = 1, 10000 do end', { step: bytes('once'), wait: 30 * SLOWNESS, budget: 5 * SLOWNESS })))?.code))
  assert.deepEqual(codes.filter((code) => code !== 'EALREADY'), [undefined])
  assert.deepEqual((await session.run(name, 'return n')).values, [1])
})

// --- limits, and what was loaded ---

behaviour('a new limit holds at once, and may be less than what is held', async (place) => {
  const { session } = place
  const name = await place.newState()
  await session.run(name, 't = {} for i = 1, 20000 do t[i] = i end', { budget: 10 * SLOWNESS })
  const { curralloc } = await session.show(name)
  assert.ok(curralloc > 200 * KIB)
  assert.equal((await session.set(name, { maxalloc: 64 * KIB })).maxalloc, 64 * KIB)
  assert.equal((await failureOf(session.run(name, 'u = ("x"):rep(50000)')))?.code, 'ECANCELED')
  assert.deepEqual((await session.run(name, 'return lunatik.maxalloc()').catch(() => ({ values: [64 * KIB] }))).values, [64 * KIB])
  assert.equal((await session.set(name, { maxalloc: 4 * MIB })).maxalloc, 4 * MIB)
  assert.deepEqual((await session.run(name, 'u = ("x"):rep(1000000) return #u, #t')).values, [1_000_000, 20_000])
  for (const maxalloc of [0, 64 * KIB - 1])
    await refused(session, () => session.set(name, { maxalloc }), { code: 'EINVAL', message: 'maxalloc is less than 64 KiB', attribute: 'maxalloc' })
  await refused(session, () => session.set(name, { maxalloc: 256 * MIB + 1 }), { code: 'EINVAL', message: 'maxalloc is more than 256 MiB', attribute: 'maxalloc' })
  for (const maxalloc of [-1, 0.5, NaN]) await assert.rejects(session.set(name, { maxalloc }), RangeError)
})

behaviour('the chunk that was loaded last is listed: name, size, SHA-256', async (place) => {
  const { session } = place
  const name = await place.newState()
  assert.equal((await session.show(name)).script, null)
  for (const code of ['return 1', '', 'x = "grün"', 'return 2 --'.padEnd(200_000, 'x'), 'return return']) {
    await session.run(name, code, { chunkName: '@/etc/web.lua' }).catch(() => undefined)
    const sha256 = createHash('sha256').update(code).digest('hex')
    const script = { name: '/etc/web.lua', size: Buffer.byteLength(code), sha256 }
    assert.deepEqual((await session.show(name)).script, script)
    assert.deepEqual((await session.list())[0]?.script, script)
  }
})

// --- events ---

/** Events as they come, told in short. */
class Ear {
  readonly #events: AsyncIterator<LunatikEvent, undefined>

  constructor(session: Session, place: Place) {
    this.#events = session.monitor()
    place.afterwards(() => this.#events.return?.())
  }

  async next(): Promise<LunatikEvent> {
    const { value } = await this.#events.next()
    assert.ok(value)
    return value
  }

  async types(count: number): Promise<string[]> {
    const types: string[] = []
    while (types.length < count) types.push((await this.next()).type)
    return types
  }
}

/** What comes within a moment; undefined where nothing does. */
function within(next: Promise<LunatikEvent>): Promise<LunatikEvent | undefined> {
  return Promise.race([next, sleep(500 * SLOWNESS).then(() => undefined)])
}

behaviour('what happens to a state is told in order, with names and numbers', async (place) => {
  const { session } = place
  const ear = new Ear(session, place)
  await session.newState('web', { handle: false, maxalloc: 128 * KIB })
  const created = await ear.next()
  assert.ok(created.type === 'created')
  assert.ok(created.curralloc > 0)
  assert.deepEqual({ ...created, curralloc: 0 }, { type: 'created', name: 'web', generation: 1, maxalloc: 128 * KIB, curralloc: 0, status: null })
  await session.set('web', { maxalloc: 256 * KIB, generation: 7 })
  assert.deepEqual({ ...await ear.next(), curralloc: 0 }, { type: 'set', name: 'web', generation: 7, maxalloc: 256 * KIB, curralloc: 0, status: null })

  const failures = { 'error("x")': ['error', 'ECANCELED'], 'return return': ['error', 'ENOEXEC'], 't = ("x"):rep(2^20)': ['limit', 'ECANCELED'], 'while true do end': ['time-out', 'ETIME'] }
  for (const [code, [type, status]] of Object.entries(failures)) {
    assert.ok(await failureOf(session.run('web', code, { budget: 0.2 * SLOWNESS })))
    const event = await ear.next()
    assert.deepEqual([event.type, 'status' in event && event.status], [type, status], code)
  }
  const running = failureOf(session.run('web', 'while true do end', { budget: 0 }))
  await session.abort('web')
  assert.equal((await running)?.code, 'EINTR')
  const aborted = await ear.next()
  assert.deepEqual([aborted.type, 'generation' in aborted && aborted.generation], ['aborted', 12])
  await session.closeState('web')
  assert.deepEqual(await ear.types(1), ['closed'])
})

behaviour('a state that is refused for a limit of the namespace is told of', async (place) => {
  const { session } = place
  const ear = new Ear(session, place)
  const parameter = '/sys/module/lunatik/parameters/maxstates'
  const before = (await outputOf('cat', parameter)).trim()
  place.afterwards(() => outputOf('sh', '-c', `echo ${before} >${parameter}`))
  await outputOf('sh', '-c', `echo 0 >${parameter}`)
  assert.equal((await failureOf(session.newState('web', { handle: false })))?.code, 'ENOSPC')
  const event = await ear.next()
  assert.ok(event.type === 'limit')
  assert.deepEqual([event.name, event.status], ['web', 'ENOSPC'])
})

behaviour('what is well, and what is refused, is no event', async (place) => {
  const { session } = place
  const name = await place.newState()
  const ear = new Ear(session, place)
  await session.run(name, 'return 1')
  await session.pin(name)
  assert.ok(await failureOf(session.closeState(name)))
  await session.unpin(name)
  assert.ok(await failureOf(session.run(name, 'x = 1', { expectGeneration: 99 })))
  assert.ok(await failureOf(session.newState(name, { handle: false })))
  await session.set(name, { maxalloc: MIB })
  assert.deepEqual(await ear.types(1), ['set'])
})

behaviour('all who listen hear all, and only of their own namespace', async (place) => {
  await outputOf('ip', 'netns', 'add', 'ears')
  place.afterwards(() => outputOf('ip', 'netns', 'delete', 'ears'))
  const there = await open({ netns: 'ears' })
  place.afterwards(() => { there.close() })
  const ears = [new Ear(place.session, place), new Ear(place.session, place)]
  const ear = new Ear(there, place)
  await there.newState('there', { handle: false })
  const name = await place.newState()
  for (const here of ears) assert.deepEqual({ ...await here.next(), curralloc: 0 }, { type: 'created', name, generation: 1, maxalloc: MIB, curralloc: 0, status: null })
  await there.closeState('there')
  assert.deepEqual(await ear.types(2), ['created', 'closed'])
})

behaviour('who does not take events is told, once, that some were lost, and hears what comes then', async (place) => {
  const { session } = place
  const name = await place.newState()
  const ear = new Ear(session, place)
  const total = 5000
  for (let round = 0; round < total; round++) await session.set(name, { maxalloc: MIB })
  const types: string[] = []
  let next = ear.next()
  for (let event = await within(next); event; event = await within(next)) {
    types.push(event.type)
    next = ear.next()
  }
  const overruns = types.filter((type) => type === 'overrun').length
  assert.ok(overruns === 1 && types.length > 10 && types.length < total, `${overruns} overruns among ${types.length} events`)
  await session.set(name, { maxalloc: 3 * MIB })
  const event = await next
  assert.ok(event.type === 'set')
  assert.deepEqual([event.maxalloc, event.generation], [3 * MIB, total + 2])
})

behaviour('listening ends by its signal and with its session', async ({ session }) => {
  const controller = new AbortController()
  const waiting = failureOf(session.monitor({ signal: controller.signal }).next())
  controller.abort()
  assert.deepEqual([(await waiting)?.code, (await listing(session)).length], ['EINTR', 0])
  const other = await open()
  const next = other.monitor().next()
  other.close()
  assert.equal((await next).done, true)
})
