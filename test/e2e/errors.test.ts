// SPDX-License-Identifier: MIT
// Scripts that do not compile or fail: the errno, the text, the value, and the state afterwards.

import assert from 'node:assert/strict'
import { LuaFloat, type LuaValue } from '../../native/addon/index.ts'
import { behaviour, failureOf, refused } from './guest.ts'

const MIB = 1024 * 1024

behaviour('a chunk that does not compile is refused with the place', async (place) => {
  const { session } = place
  const name = await place.newState()
  const error = await failureOf(session.run(name, 'x = 1\nreturn return', { chunkName: '@rules.lua' }))
  assert.equal(error?.code, 'ENOEXEC')
  assert.equal(error.message, "rules.lua:2: unexpected symbol near 'return'")
  assert.deepEqual((await session.run(name, 'return x')).values, [null])
})

behaviour('an error is told with its place and a traceback, innermost call first', async (place) => {
  const { session } = place
  const name = await place.newState()
  const code = 'local function inner() error("no luck") end\nlocal function outer()\n  inner()\nend\nouter()'
  const error = await failureOf(session.run(name, code, { chunkName: '@rules.lua' }))
  assert.equal(error?.code, 'ECANCELED')
  assert.equal(error.message, 'rules.lua:1: no luck')
  assert.equal(error.value, undefined)
  const lines = (error.detail ?? '').split('\n')
  assert.deepEqual(lines.slice(0, 3), ['rules.lua:1: no luck', 'stack traceback:', "\t[C]: in global 'error'"])
  assert.deepEqual(lines.slice(3), ["\trules.lua:1: in upvalue 'inner'", "\trules.lua:3: in local 'outer'", '\trules.lua:5: in main chunk'])
})

behaviour('what was printed before a failure is not lost', async (place) => {
  const error = await failureOf(place.session.run(await place.newState(), 'print("first") print("second") error("third")'))
  assert.equal(Buffer.from(error?.result?.output ?? []).toString(), 'first\nsecond\n')
})

const ERROR_VALUES: Readonly<Record<string, LuaValue>> = {
  'error({code = 7, list = {1, 2}})': new Map<LuaValue, LuaValue>([['code', 7], ['list', [1, 2]]]),
  'error(42)': 42,
  'error(1.5)': new LuaFloat(1.5),
  'error(true)': true,
  'error(nil)': null,
  'error()': null,
  'error(setmetatable({1}, {__tostring = function() error("called") end}))': [1],
  'coroutine.wrap(function() error({1}) end)()': [1],
}

for (const [code, expected] of Object.entries(ERROR_VALUES)) {
  behaviour(`${code} gives its value`, async (place) => {
    const error = await failureOf(place.session.run(await place.newState(), code, { exact: true }))
    assert.equal(error?.code, 'ECANCELED')
    if (expected instanceof Map) assert.deepEqual(new Map([...(error.value as Map<LuaValue, LuaValue>)].sort()), expected)
    else assert.deepEqual(error.value, expected)
    assert.match(error.message, /^\(error object is a (table|number|boolean|nil) value\)$/)
  })
}

for (const code of ['error(print)', 'error(coroutine.create(print))', 'local t = {} t[1] = t error(t)', 'error({[{}] = 1})']) {
  behaviour(`${code} has a value that cannot be carried, and fails all the same`, async (place) => {
    const { session } = place
    const name = await place.newState()
    const error = await failureOf(session.run(name, code))
    assert.equal(error?.code, 'ECANCELED')
    assert.equal(error.value, undefined)
    assert.match(error.message, /^\(error object is a \w+ value\)$/)
    assert.deepEqual((await session.run(name, 'return 1')).values, [1])
  })
}

behaviour('an error text of any length and of any bytes is carried as far as there is room', async (place) => {
  const { session } = place
  const name = await place.newState({ maxalloc: 8 * MIB })
  const error = await failureOf(session.run(name, 'error(("x"):rep(1024 * 1024), 0)'))
  assert.equal(error?.code, 'ECANCELED')
  assert.ok((error.detail ?? '').startsWith('x'.repeat(8000)))
  const binary = await failureOf(session.run(name, 'error("\\0\\xff\\27[2J", 0)'))
  assert.equal(binary?.code, 'ECANCELED')
})

behaviour('a state lives on after errors, with what it had', async (place) => {
  const { session } = place
  const name = await place.newState()
  await session.run(name, 'count = 0')
  for (const code of ['count = count + 1 error("x")', 'count = count + 1 local x = nil + 1', 'error(', 'count = count + 1 error({})'])
    assert.ok(await failureOf(session.run(name, code)))
  assert.deepEqual((await session.run(name, 'return count')).values, [3])
  const { users, inuse } = await session.show(name)
  assert.deepEqual({ users, inuse }, { users: 1, inuse: null })
})

behaviour('a chunk of 1 MiB runs, one of a byte more is refused', async (place) => {
  const { session } = place
  const name = await place.newState({ maxalloc: 16 * MIB })
  const code = `return #[[${'x'.repeat(MIB - 12)}]]`
  assert.equal(code.length, MIB)
  assert.deepEqual((await session.run(name, code)).values, [MIB - 12])
  const error = await failureOf(session.run(name, `${code} `))
  assert.equal(error?.code, 'EMSGSIZE')
  assert.deepEqual((await session.run(name, 'return 1')).values, [1])
})

behaviour('chunks of every size around the pieces they travel in arrive whole', async (place) => {
  const { session } = place
  const name = await place.newState({ maxalloc: 16 * MIB })
  for (const size of [3999, 4000, 4001, 4096, 4097, 32768, 65527, 65528, 65529, 131056, 131057, 200_000]) {
    const code = `return #[[${'y'.repeat(size - 12)}]]`
    assert.deepEqual((await session.run(name, code)).values, [size - 12], `${size} bytes`)
  }
})

behaviour('an empty chunk runs and gives nothing', async (place) => {
  const { values, output } = await place.session.run(await place.newState(), '')
  assert.deepEqual([values, output.length], [[], 0])
})

behaviour("a chunk's name begins with = or @, and has at most 255 bytes", async (place) => {
  const { session } = place
  const name = await place.newState()
  const error = await failureOf(session.run(name, 'error("x")', { chunkName: `=${'n'.repeat(254)}` }))
  assert.equal(error?.code, 'ECANCELED')
  await refused(session, () => session.run(name, '', { chunkName: 'print(1)' }), { code: 'EINVAL', message: "a chunk's name begins with @ (a file) or =" })
  await refused(session, () => session.run(name, '', { chunkName: '' }), { code: 'EINVAL', message: "a chunk's name begins with @ (a file) or =" })
  await refused(session, () => session.run(name, '', { chunkName: `=${'n'.repeat(255)}` }), { code: 'EINVAL', message: "a chunk's name has at most 255 bytes, and no NUL" })
})

behaviour('a chunk may have any bytes in its texts', async (place) => {
  const { session } = place
  const name = await place.newState()
  const code = Buffer.concat([Buffer.from('return "'), Buffer.from([0, 1, 0x80, 0xff]), Buffer.from('"')])
  assert.deepEqual((await session.run(name, code)).values, [Uint8Array.of(0, 1, 0x80, 0xff)])
})

for (const budget of [-1, NaN, Infinity]) {
  behaviour(`a budget of ${budget} s is no time span`, async (place) => {
    const { session } = place
    const name = await place.newState()
    await assert.rejects(session.run(name, '', { budget }), RangeError)
    assert.equal((await session.show(name)).runs, 0)
  })
}
