// SPDX-License-Identifier: MIT
// Making, listing, showing and closing states, and how each of these is refused.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { behaviour, DEFAULT_BUDGET, failureOf, KERNEL, listing, outputOf, refused } from './guest.ts'

const KIB = 1024
const MIB = 1024 * KIB

behaviour('a new state is listed with what it is and has', async ({ session }) => {
  const { age, curralloc, peak, ...rest } = (await session.newState('web', { handle: false, maxalloc: 2 * MIB })).attributes
  await session.closeState('web')
  assert.deepEqual(rest, {
    name: 'web', context: 'process', users: 1, pins: 0, inuse: null, maxalloc: 2 * MIB, script: null, step: null, generation: 1,
    runs: 0, errors: 0, aborts: 0, runTime: 0, queued: 0, refused: 0,
  })
  assert.ok(age >= 0 && age < 10, `age ${age}`)
  assert.ok(curralloc > 4 * KIB && curralloc < 64 * KIB && peak >= curralloc, `curralloc ${curralloc}, peak ${peak}`)
})

// With KASAN no two machines are alike in memory, and each is made for itself.
if (KERNEL !== 'debug') {
  behaviour('states are copies of one machine: they hash texts alike, which nobody else does', async (place) => {
    const code = `${await readFile('test/attacks/where-keys-are.lua', 'utf8')} return place("a", 13), place("b", 13)`
    const places = async () => (await place.session.run(await place.newState(), code)).values
    assert.deepEqual(await places(), await places())
  })
}

behaviour('the listing and show say the same of a state, and name its last chunk', async (place) => {
  const { session } = place
  const name = await place.newState()
  await session.run(name, 'return 1', { chunkName: '@/etc/rules.lua' })
  const shown = { ...(await session.show(name)), age: 0 }
  assert.deepEqual(await listing(session), [shown])
  assert.deepEqual(shown.script, { name: '/etc/rules.lua', size: 8, sha256: createHash('sha256').update('return 1').digest('hex') })
})

behaviour('runs, errors and aborts are counted, and the generation moves on with each run', async (place) => {
  const { session } = place
  const name = await place.newState()
  await session.run(name, 'return 1')
  await failureOf(session.run(name, 'error()'))
  await failureOf(session.run(name, 'return return'))
  await failureOf(session.run(name, 'while true do end', { budget: 0.01 }))
  const { runs, errors, aborts, generation, runTime } = await session.show(name)
  assert.deepEqual({ runs, errors, aborts, generation }, { runs: 4, errors: 2, aborts: 1, generation: 5 })
  // The budget is of all time; a processor that others want gives less.
  assert.ok(runTime > 0.001 && runTime < 10, `run time ${runTime}`)
})

behaviour('the listing is sorted by name and filtered by a shell pattern', async ({ session }) => {
  const names = ['web', 'mail', 'web-2', 'a']
  for (const name of names) await session.newState(name, { handle: false })
  const found = async (pattern?: string) => (await session.list(pattern)).map(({ name }) => name)
  assert.deepEqual(await found(), ['a', 'mail', 'web', 'web-2'])
  assert.deepEqual(await found('web*'), ['web', 'web-2'])
  assert.deepEqual(await found('[am]*'), ['a', 'mail'])
  assert.deepEqual(await found('?'), ['a'])
  assert.deepEqual(await found('nothing'), [])
  for (const name of names) await session.closeState(name)
})

behaviour('a listing of more states than fit one message is whole', async ({ session }) => {
  const names = Array.from({ length: 500 }, (_, index) => `state-${String(index).padStart(3, '0')}`)
  for (const name of names) await session.newState(name, { handle: false, maxalloc: 64 * KIB })
  assert.deepEqual((await session.list()).map(({ name }) => name), names)
  assert.equal((await session.info()).states, names.length)
  for (const name of names) await session.closeState(name)
})

behaviour('a pattern of more than 255 bytes is refused', async ({ session }) => {
  assert.deepEqual(await session.list('*'.repeat(255)), [])
  const refusal = { code: 'EINVAL', message: 'a pattern has at most 255 bytes, and no NUL' }
  await refused(session, () => session.list('a'.repeat(256)), refusal)
})

behaviour('a state that exists is not made again, and stays as it was', async (place) => {
  const { session } = place
  const name = await place.newState()
  await session.run(name, 'kept = 42')
  await refused(session, () => session.newState(name, { handle: false, maxalloc: 2 * MIB }), { code: 'EEXIST', message: 'a state of that name exists' })
  assert.deepEqual((await session.run(name, 'return kept')).values, [42])
})

behaviour('a state that does not exist cannot be closed, shown, run in or aborted', async (place) => {
  const { session } = place
  await place.newState()
  const refusal = { code: 'ENOENT', message: 'no such state' }
  await refused(session, () => session.closeState('nosuch'), refusal)
  await refused(session, () => session.show('nosuch'), refusal)
  await refused(session, () => session.run('nosuch', 'return 1'), refusal)
  await refused(session, () => session.abort('nosuch'), refusal)
})

behaviour('where nothing runs there is nothing to abort', async (place) => {
  const name = await place.newState()
  await refused(place.session, () => place.session.abort(name), { code: 'ENOENT', message: 'nothing to abort runs in the state' })
})

behaviour('maxalloc is 64 KiB to 256 MiB, 1 MiB where nobody says', async ({ session }) => {
  for (const maxalloc of [64 * KIB, 256 * MIB]) {
    assert.equal((await session.newState('web', { handle: false, maxalloc })).attributes.maxalloc, maxalloc)
    await session.closeState('web')
  }
  assert.equal((await session.newState('web', { handle: false })).attributes.maxalloc, MIB)
  await session.closeState('web')
})

for (const maxalloc of [0, 1, 64 * KIB - 1]) {
  behaviour(`a maxalloc of ${maxalloc} bytes is too little`, async ({ session }) => {
    const refusal = { code: 'EINVAL', message: 'maxalloc is less than 64 KiB', attribute: 'maxalloc' }
    await refused(session, () => session.newState('web', { handle: false, maxalloc }), refusal)
  })
}

for (const maxalloc of [256 * MIB + 1, 2 ** 53 - 1]) {
  behaviour(`a maxalloc of ${maxalloc} bytes is too much`, async ({ session }) => {
    const refusal = { code: 'EINVAL', message: 'maxalloc is more than 256 MiB', attribute: 'maxalloc' }
    await refused(session, () => session.newState('web', { handle: false, maxalloc }), refusal)
  })
}

for (const maxalloc of [-1, 0.5, NaN, Infinity, 2 ** 53]) {
  behaviour(`a maxalloc of ${maxalloc} is no number of bytes`, async ({ session }) => {
    await assert.rejects(session.newState('web', { handle: false, maxalloc }), RangeError)
    assert.deepEqual(await session.list(), [])
  })
}

behaviour('states run in process context only, for now', async ({ session }) => {
  const refusal = { code: 'EOPNOTSUPP', message: 'states run in process context only', attribute: 'context' }
  await refused(session, () => session.newState('web', { handle: false, context: 'softirq' }), refusal)
})

behaviour('memory is back when states are closed', async ({ session }) => {
  const { memory } = await session.info()
  for (let round = 0; round < 3; round++) {
    for (let index = 0; index < 20; index++) {
      await session.newState(`s${index}`, { handle: false })
      await session.run(`s${index}`, 't = {} for i = 1, 5000 do t[i] = {i} end', { budget: 60 })
    }
    assert.ok((await session.info()).memory > memory + 20 * 64 * KIB)
    for (let index = 0; index < 20; index++) await session.closeState(`s${index}`)
    assert.equal((await session.info()).memory, memory)
  }
})

behaviour('info tells versions and limits', async ({ session }) => {
  const { module, kernel, build, states, memory, ...info } = await session.info()
  assert.match(build, /^gcc \d+\./)
  assert.match(module, /^\d+\.\d+\.\d+$/)
  assert.equal(kernel, (await outputOf('uname', '-r')).trim())
  assert.deepEqual({ states, memory }, { states: 0, memory: 0 })
  assert.deepEqual({ ...info, lua: '', branches: '' }, {
    protocol: 1, lua: '', branches: '', nameMax: 63, chunkNameMax: 255, codeMax: MIB, outputMax: MIB, budget: DEFAULT_BUDGET, maxalloc: MIB,
    maxallocMin: 64 * KIB, maxallocMax: 256 * MIB, statesMax: 65536, memoryMax: 1024 * MIB, dataMax: 32 * KIB, stepMax: 64, usersMax: MIB, uploadsMax: 4, queueMax: 256 * KIB,
    sessions: 0, sessionsMax: 65536,
  })
  assert.match(info.lua, /^5\.4\.\d+$/)
})
