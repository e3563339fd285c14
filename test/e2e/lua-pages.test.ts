// SPDX-License-Identifier: MIT
// Pages in Lua states: require "page", of the module lunatik_page; and what that stands on, the kernel's API
// (kmod/include/linux/kstate.h), as a module of somebody else's uses it, also in softirq. That the modules can be unloaded at
// the end says that nothing was left behind.

import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { readFile } from 'node:fs/promises'
import { LuaFloat, open, pages, type LunatikError, type NewStateOptions, type Session } from '../../native/addon/index.ts'
import { answers, CONSUMER, loaded, namespace, told } from './consumer.ts'
import { behaviour, eventually, failureOf, outputOf, Program, run, SLOWNESS, sleep, type Place } from './guest.ts'
import { loadLibrary, unloadLibrary } from './kstate.ts'
import { scriptsBehind } from './lua54.ts'
import { freeMiB } from './memory.ts'

before(() => loadLibrary())
after(unloadLibrary)

/** Pages that a state may have open. */
const PLACES = 256

type Values = Awaited<ReturnType<Session['run']>>['values']

/** In user space, with the same library. */
const { printed } = scriptsBehind('page = require "page" ')

/** A state that has the library, and how chunks are run in it. */
async function state(place: Place, options?: NewStateOptions, session = place.session): Promise<(code: string) => Promise<Values>> {
  const name = await place.newState(options)
  const lua = async (code: string) => (await session.run(name, code, { exact: true, budget: 20 * SLOWNESS })).values
  await lua('page = require "page"')
  return lua
}

async function failing(work: Promise<unknown>): Promise<LunatikError> {
  const error = await failureOf(work)
  assert.ok(error, 'it did not fail')
  return error
}

/** What a chunk returned, where that has to be text or a number. */
function plain(value: Values[number] | undefined): string {
  assert.ok(typeof value === 'string' || typeof value === 'number')
  return String(value)
}

/** How `rmmod` is refused. */
async function inUse(module: string): Promise<void> {
  const { status, stderr } = await run(['rmmod', module])
  assert.notEqual(status, 0)
  assert.match(stderr, /in use/)
}

// --- the library ---

behaviour('the library tells its limits, and no address', async (place) => {
  const lua = await state(place)
  assert.deepEqual(await lua('return page.maxsize, page.namemaxsize, require "page" == page'), [4096, 247, true])
  assert.deepEqual(await lua('p = page.open "a.b" local v = p:read() return tostring(p), tostring(v), #v'), ['page (a.b)', 'page view (4096 bytes)', 4096])
  assert.deepEqual(await lua('return getmetatable(p), getmetatable(p:read()), p:close(), tostring(p)'), [false, false, true, 'page (closed)'])
})

behaviour('a page is made by who opens it to write, full of zeroes; to read, it has to be there', async (place) => {
  const lua = await state(place)
  assert.deepEqual(await lua('return page.open("web.hits", "r")'), [null, 'web.hits: there is no such page', 'ENOENT'])
  assert.deepEqual(await lua('p = page.open "web.hits" return p:name(), p:size(), p:version()'), ['web.hits', 4096, 0])
  assert.deepEqual(await lua('local v, n = p:read() return v:getbytes() == ("\\0"):rep(4096), n'), [true, 0])
  assert.deepEqual(await lua('local r = page.open("web.hits", "r") return r:name(), r:close(), r:close()'), ['web.hits', true, true])
})

behaviour('names that are none are told as a failure; arguments of a wrong kind raise an error', async (place) => {
  const lua = await state(place)
  for (const name of ['', '.', 'a.', '.a', 'a..b', 'a/b', 'a b', 'x'.repeat(248), 'ab\\0c']) {
    const [none, words, code] = await lua(`return page.open("${name}")`)
    assert.deepEqual([none, code], [null, 'EINVAL'], name)
    assert.match(plain(words), /1 to 247 of A-Z/)
  }
  assert.deepEqual(await lua(`return page.open(("x"):rep(247)):name() == ("x"):rep(247)`), [true])
  for (const [code, words] of [
    ['page.open()', 'string expected, got no value'], ['page.open({})', 'string expected, got table'], ['page.open("a", "w")', "invalid option 'w'"],
    ['page.open "a":update()', 'function expected, got no value'], ['page.open "a":update(print, -1)', 'a number of retries is not negative'],
    ['page.open "a":resize(1.5)', 'number has no integer representation'], ['page.open "a".read({})', 'page expected, got table'],
    ['page.open "a".read(page.open "a":read())', 'page expected, got page view'],
  ] as const) {
    const { code: errno, message } = await failing(lua(code))
    assert.equal(errno, 'ECANCELED')
    assert.ok(message.includes(words), `${code}: ${message}`)
  }
})

behaviour('a script finds here what it finds in user space', async (place) => {
  const name = await place.newState()
  const script = await readFile('test/e2e/page-script.lua')
  for (let round = 0; round < 2; round++) assert.deepEqual((await place.session.run(name, script, { budget: 20 * SLOWNESS })).values, ['ok'])
})

behaviour('commits that ask for it are told, whoever makes them', async (place) => {
  const lua = await state(place)
  const script = 'p = page.open "web" p:update(function(view) view:setu8(0, view:getu8(0) + 1) view:announce() end)'
  const events = pages.monitor()
  const waited = events.next()
  using kept = await pages.open('web')
  assert.equal((await waited).value?.type, 'created')
  await lua(script)
  assert.deepEqual((await events.next()).value, { type: 'committed', name: 'web', version: 1, passed_over: 0 })
  await sleep(150)
  await printed(script)
  assert.deepEqual((await events.next()).value, { type: 'committed', name: 'web', version: 2, passed_over: 0 })
  await events.return?.()
  assert.equal(kept.read().version, 2)
})

// --- reading and changing ---

behaviour('an update gives the page its next version, and what the function returned', async (place) => {
  const lua = await state(place)
  await lua('p = page.open "web"')
  assert.deepEqual(await lua('return p:update(function(v) v:setu8(0, 7) return "a", nil, 3 end)'), [1, 'a', null, 3])
  assert.deepEqual(await lua('return p:update(function(v) v:setu8(0, v:getu8(0) + 1) end)'), [2])
  assert.deepEqual(await lua('local v, n = p:read() return v:getu8(0), n, p:version()'), [8, 2, 2])
  assert.deepEqual(await lua('return select("#", p:update(function(v) v:setu8(1, 1) return table.unpack({}, 1, 200) end))'), [201])
})

behaviour('where nothing is different nothing is committed', async (place) => {
  const lua = await state(place)
  await lua('p = page.open "web" p:update(function(v) v:setu8(0, 7) end)')
  assert.deepEqual(await lua('return p:update(function(v) return "looked" end)'), [1, 'looked'])
  assert.deepEqual(await lua('return p:update(function(v) v:setu8(0, 8) v:setu8(0, 7) return false end)'), [1, false])
  assert.deepEqual(await lua('return p:version()'), [1])
})

behaviour('what was read stays as it was, and cannot be written', async (place) => {
  const lua = await state(place)
  await lua('p = page.open "web" p:update(function(v) v:setu32(0, 1) end) kept = p:read() p:update(function(v) v:setu32(0, 2) end)')
  assert.deepEqual(await lua('return kept:getu32(0), (p:read()):getu32(0)'), [1, 2])
  for (const code of ['kept:setu32(0, 3)', 'kept:setbytes(0, "x")', 'kept:setf64(0, 1)']) {
    assert.match((await failing(lua(code))).message, /the view is read-only/)
  }
})

behaviour('an error in the function leaves the page as it is, and is whatever was raised', async (place) => {
  const lua = await state(place)
  await lua('p = page.open "web" function broken(v) v:setu8(0, 1) error({reason = "none"}) end')
  assert.deepEqual(await lua('local ok, why = pcall(p.update, p, broken) return ok, why.reason, p:version()'), [false, 'none', 0])
  assert.match((await failing(lua('p:update(function(v) v:setu8(0, 256) end)'))).message, /256 does not fit into a u8/)
  assert.deepEqual(await lua('return p:version(), p:update(function(v) v:setu8(0, 255) end)'), [0, 1])
})

behaviour('the view of an update is dead when that is over, however it ended', async (place) => {
  const lua = await state(place)
  await lua('p = page.open "web" function keep(v) kept = v end')
  const dead = async (): Promise<void> => {
    for (const use of ['kept:getu8(0)', 'kept:setu8(0, 1)', 'kept:getbytes()', 'kept:setbytes(0, "")', 'return #kept']) {
      assert.match((await failing(lua(use))).message, /the view is dead: its update is over/)
    }
    assert.deepEqual(await lua('return tostring(kept)'), ['page view (dead)'])
  }
  await lua('p:update(keep)')
  await dead()
  await lua('pcall(p.update, p, function(v) keep(v) error("x") end)')
  await dead()
  await lua('local co = coroutine.create(function() p:update(function(v) keep(v) coroutine.yield() end) end) coroutine.resume(co) coroutine.close(co)')
  await dead()
  await lua('local q = page.open "web" p:update(function(v) if not first then first = v keep(v) q:update(function(w) w:setu8(0, 9) end) v:setu8(0, 1) end end)')
  await dead()
})

behaviour('a function may yield, and its update goes on where it is resumed', async (place) => {
  const lua = await state(place)
  const code = `
    p = page.open "web"
    local co = coroutine.wrap(function()
      return p:update(function(v) v:setu8(0, coroutine.yield(v:getu8(0))) coroutine.yield "half" return "end" end)
    end)
    return co(), co(42), p:version(), co()`
  assert.deepEqual(await lua(code), [0, 'half', 0, 1, 'end'])
  assert.deepEqual(await lua('return (p:read()):getu8(0)'), [42])
})

// --- conflicts ---

/** In a state: an update of p in which q is faster so many times; how often the function was called. */
const RACE = `
  p, q = page.open "web", page.open "web"
  function race(times, retries)
    local calls = 0
    local function slower(v)
      calls = calls + 1
      if calls <= times then q:update(function(w) w:setu64(8, w:getu64(8) + 1) end) end
      v:setu64(0, v:getu64(0) + 1)
      return calls
    end
    return calls, p:update(slower, retries)
  end`

behaviour('where somebody else is faster the function is called again, with what is there then', async (place) => {
  const lua = await state(place)
  await lua(RACE)
  assert.deepEqual(await lua('return race(3)'), [0, 4, 4])
  assert.deepEqual(await lua('local v = p:read() return v:getu64(0), v:getu64(8)'), [1, 3])
  assert.deepEqual(await lua('return race(64)'), [0, 69, 65])
})

behaviour('after its retries an update gives up, and the page is as the others left it', async (place) => {
  const lua = await state(place)
  await lua(RACE)
  const stale = [null, 'web: somebody else was faster, each time', 'ESTALE']
  assert.deepEqual(await lua('return select(2, race(1, 0))'), stale)
  assert.deepEqual(await lua('return select(2, race(65))'), stale)
  assert.deepEqual(await lua('local v = p:read() return v:getu64(0), v:getu64(8)'), [0, 66])
})

behaviour('retries without end are ended with the run', async (place) => {
  const name = await place.newState()
  await place.session.run(name, `page = require "page" ${RACE}`)
  const began = Date.now()
  const { code } = await failing(place.session.run(name, 'race(math.maxinteger, math.maxinteger)', { budget: SLOWNESS }))
  assert.equal(code, 'ETIME')
  assert.ok(Date.now() - began < 10_000 * SLOWNESS)
  assert.deepEqual((await place.session.run(name, 'return (p:read()):getu64(0)')).values, [0])
})

// --- views ---

behaviour('every kind of number is there and back, little-endian, at its bounds and in any place', async (place) => {
  const lua = await state(place)
  await lua('p = page.open "web" function put(kind, value, offset) p:update(function(v) v["set" .. kind](v, offset, value) end) local v = p:read() return v["get" .. kind](v, offset) end')
  for (const bits of [8, 16, 32, 64]) {
    const bounds = bits === 64 ? [['math.mininteger', 'math.maxinteger'], ['math.mininteger', '-1']] :
      [[`-(1 << ${bits - 1})`, `(1 << ${bits - 1}) - 1`], ['0', `(1 << ${bits}) - 1`]]
    for (const [index, kind] of [`i${bits}`, `u${bits}`].entries()) {
      for (const value of [...(bounds[index] ?? []), '1', '3.0']) {
        for (const offset of [0, 3, 4096 - bits / 8]) assert.deepEqual(await lua(`return put("${kind}", ${value}, ${offset}) == ${value}`), [true], `${kind} ${value} ${offset}`)
      }
    }
  }
  assert.deepEqual(await lua('put("u32", 0x01020304, 9) return (p:read()):getbytes(9, 4)'), ['\x04\x03\x02\x01'])
  assert.deepEqual(await lua('return put("f64", 0.1, 1), put("f32", 0.5, 1), put("f32", 0.1, 2), put("f64", 3, 0), put("f64", math.huge, 8), put("f32", 1e300, 8)'), [
    0.1, 0.5, Math.fround(0.1), 3, Infinity, Infinity,
  ].map((value) => new LuaFloat(value)))
  assert.deepEqual(await lua('local n = put("f64", 0/0, 8) return n ~= n'), [true])
})

behaviour('a number that does not fit is refused, and nothing is changed', async (place) => {
  const lua = await state(place)
  await lua('p = page.open "web" function try(kind, value) return select(2, pcall(p.update, p, function(v) v["set" .. kind](v, 0, value) end)) end')
  for (const [kind, value, words] of [
    ['u8', '256', '256 does not fit into a u8'], ['u8', '-1', '-1 does not fit into a u8'], ['i8', '128', '128 does not fit into an i8'],
    ['i8', '-129', '-129 does not fit into an i8'], ['u16', '65536', 'a u16'], ['i16', '32768', 'an i16'], ['u32', '1 << 32', '4294967296 does not fit into a u32'],
    ['i32', '1 << 31', 'an i32'], ['i32', 'math.mininteger', '-9223372036854775808 does not fit into an i32'], ['u64', '1.5', 'number has no integer representation'],
    ['f64', 'nil', 'number expected, got nil'], ['u8', '{}', 'number expected, got table'],
  ] as const) {
    const [told] = await lua(`return try("${kind}", ${value})`)
    assert.ok(plain(told).includes(words), plain(told))
  }
  assert.deepEqual(await lua('return p:version()'), [0])
})

behaviour('nothing outside of the page is read or written', async (place) => {
  const lua = await state(place)
  await lua('p = page.open "web" p:resize(100)')
  const wrong = async (call: string, words: string): Promise<void> => {
    const { message } = await failing(lua(`p:update(function(v) ${call} end)`))
    assert.ok(message.includes(words), `${call}: ${message}`)
  }
  await wrong('v:getu32(97)', 'offset 97: a u32 needs 4 bytes, the page has 100')
  await wrong('v:setu32(97, 1)', 'offset 97: a u32 needs 4 bytes, the page has 100')
  await wrong('v:getu8(100)', 'offset 100: a u8 needs 1 byte, the page has 100')
  await wrong('v:geti64(-1)', 'offset -1: an i64 needs 8 bytes, the page has 100')
  await wrong('v:setf64(93, 1)', 'offset 93: an f64 needs 8 bytes, the page has 100')
  await wrong('v:getf32(math.maxinteger)', 'offset 9223372036854775807: an f32 needs 4 bytes, the page has 100')
  await wrong('v:getu64(math.mininteger)', 'offset -9223372036854775808: a u64 needs 8 bytes, the page has 100')
  await wrong('v:getbytes(99, 2)', 'offset 99: 2 bytes are wanted, the page has 100')
  await wrong('v:getbytes(101)', 'offset 101: 0 bytes are wanted, the page has 100')
  await wrong('v:getbytes(-1)', 'offset -1: 0 bytes are wanted, the page has 100')
  await wrong('v:getbytes(0, -1)', 'offset 0: -1 bytes are wanted, the page has 100')
  await wrong('v:getbytes(1, math.maxinteger)', 'offset 1: 9223372036854775807 bytes are wanted, the page has 100')
  await wrong('v:getbytes(math.mininteger)', 'offset -9223372036854775808: 0 bytes are wanted, the page has 100')
  await wrong('v:setbytes(98, "abc")', 'offset 98: 3 bytes are wanted, the page has 100')
  await wrong('v:setbytes(math.maxinteger, "abc")', 'offset 9223372036854775807: 3 bytes are wanted, the page has 100')
  assert.deepEqual(await lua('local v = p:read() return #v, v:getbytes(100), #v:getbytes(1), v:getbytes(50, 0), p:version()'), [100, '', 99, '', 0])
  assert.deepEqual(await lua('p:update(function(v) v:setbytes(96, "abcd") v:setbytes(100, "") end) return (p:read()):getbytes(95, 5)'), ['\0abcd'])
})

// --- sizes and ends ---

behaviour('a page is of any size before it is written, and only grows afterwards, with zeroes at its end', async (place) => {
  const lua = await state(place)
  await lua('p = page.open "web"')
  assert.deepEqual(await lua('return p:resize(10), p:resize(4096), p:resize(1), p:size(), p:version(), #p:read()'), [true, true, true, 1, 0, 1])
  assert.deepEqual(await lua('p:update(function(v) v:setu8(0, 1) end) return p:resize(3), p:size(), p:version(), (p:read()):getbytes()'), [true, 3, 2, '\x01\0\0'])
  for (const size of ['2', '0', '-1', '4097', 'math.maxinteger', 'math.mininteger', '(1 << 32) + 3']) {
    assert.deepEqual(await lua(`return p:resize(${size})`), [null, 'web: a page has 1 to 4096 bytes, and once it was written never fewer than before', 'EINVAL'], size)
  }
  assert.deepEqual(await lua('return p:resize(3), p:version()'), [true, 2])
  // A size that is another one by the time of the commit is a change of somebody else's.
  assert.deepEqual(await lua('local q, n = page.open "web", 0 return p:update(function(v) n = n + 1 q:resize(50) v:setu8(2, 2) return n, #v end)'), [4, 2, 50])
})

behaviour('who may only read is refused to change, in words that say so', async (place) => {
  const lua = await state(place)
  await lua('p = page.open "web" r = page.open("web", "r")')
  const refusal = [null, 'web: the page is open to read it only', 'EACCES']
  for (const call of ['r:update(function(v) error "called" end)', 'r:resize(10)', 'r:delete()']) assert.deepEqual(await lua(`return ${call}`), refusal, call)
  assert.deepEqual(await lua('return r:version(), p:update(function(v) v:setu8(0, 1) end), (r:read()):getu8(0)'), [0, 1, 1])
})

behaviour('deleting is refused while others are subscribed; afterwards every use fails, and the name is free', async (place) => {
  const lua = await state(place)
  await lua('p, q = page.open "web", page.open "web"')
  assert.deepEqual(await lua('return p:delete()'), [null, 'web: others are subscribed to it', 'EBUSY'])
  assert.deepEqual(await lua('q:close() return p:delete()'), [true])
  const gone = [null, 'web: the page was deleted, or its network namespace is gone', 'EIDRM']
  for (const call of ['p:read()', 'p:update(print)', 'p:version()', 'p:size()', 'p:resize(5)', 'p:delete()']) assert.deepEqual(await lua(`return ${call}`), gone, call)
  assert.deepEqual(await lua('return p:name(), page.open("web"):version(), p:close()'), ['web', 0, true])
  assert.deepEqual(await lua('p = page.open "late" return p:update(function(v) v:setu8(0, 1) p:delete() end)'), [
    null, 'late: the page was deleted, or its network namespace is gone', 'EIDRM',
  ])
})

behaviour('a page that is closed is used by nobody; it goes with who has it open last', async (place) => {
  const lua = await state(place)
  await lua('do local p <close> = page.open "web" p:update(function(v) v:setu8(0, 1) end) closed = p end')
  const refusal = [null, 'page: the page is closed', 'EBADF']
  for (const call of ['read()', 'update(print)', 'version()', 'size()', 'name()', 'resize(5)', 'delete()']) assert.deepEqual(await lua(`return closed:${call}`), refusal, call)
  assert.deepEqual(await lua('return page.open("web", "r")'), [null, 'web: there is no such page', 'ENOENT'])
  assert.deepEqual(await lua('p = page.open "web" return p:update(function(v) v:setu8(0, 1) p:close() end)'), refusal)
  assert.deepEqual(await lua('p = page.open "web" return p:update(function(v) p:close() return p:version() end)'), refusal)
})

// --- others ---

behaviour('states of a namespace share its pages, others have their own', async (place) => {
  await outputOf('ip', 'netns', 'add', 'blue')
  place.afterwards(() => run(['ip', 'netns', 'del', 'blue']))
  const blue = await open({ netns: 'blue' })
  place.afterwards(() => { blue.close() })
  const [one, other] = [await state(place), await state(place)]
  await blue.newState('web', { handle: false })
  const third = async (code: string) => (await blue.run('web', `page = require "page" ${code}`)).values
  await one('p = page.open "web" p:update(function(v) v:setu32(0, 42) end)')
  assert.deepEqual(await other('p = page.open "web" return (p:read()):getu32(0), p:version()'), [42, 1])
  assert.deepEqual(await third('return page.open("web", "r")'), [null, 'web: there is no such page', 'ENOENT'])
  assert.deepEqual(await third('p = page.open "web" return p:version(), p:delete()'), [0, true])
  assert.deepEqual(await other('return p:update(function(v) v:setu32(0, v:getu32(0) + 1) end)'), [2])
  assert.deepEqual(await one('return (p:read()):getu32(0)'), [43])
  await blue.closeState('web')
})

behaviour('Node sees what a state writes, whole, and a state what Node writes; nothing of either is lost', async (place) => {
  const lua = await state(place)
  await lua('p = page.open "web" p:resize(256)')
  const page = await pages.open('web')
  place.afterwards(() => { page.close() })
  const BATCH = Math.round(10_000 / SLOWNESS)
  let written = 0, counted = 0
  const look = async (): Promise<void> => {
    const { bytes } = page.read()
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    for (let at = 8; at < 128; at += 8) assert.equal(view.getBigUint64(at, true), view.getBigUint64(0, true))
    await page.update(({ bytes: mine }) => {
      const both = new DataView(mine.buffer, mine.byteOffset, mine.byteLength)
      both.setUint32(200, both.getUint32(200, true) + 1, true)
    }, { retries: Infinity })
    counted++
    await sleep(0)
  }
  // A state in the kernel is the faster of the two by far, and goes on until Node has had its turn often enough.
  for (; counted < 20; written += BATCH) {
    const progress = { ended: false }
    const writing = lua(`
      for i = 1, ${BATCH} do
        assert(p:update(function(v) local n = v:getu64(0) + 1 for at = 0, 120, 8 do v:setu64(at, n) end end, 1000000))
      end`)
    const end = writing.then(() => { progress.ended = true })
    while (!progress.ended) await look()
    await end
  }
  assert.deepEqual(await lua('local v = p:read() return v:getu64(0), v:getu32(200), p:version()'), [written, counted, written + counted])
})

behaviour("a page's owner and mode decide: a state is the user 0 of its namespace, and has no capabilities", async (place) => {
  await outputOf('chmod', '666', '/dev/kstate')
  place.afterwards(() => outputOf('chmod', '600', '/dev/kstate'))
  const holder = new Program(['setpriv', '--reuid=1000', '--regid=1000', '--clear-groups', 'build/test/page-attacks', 'hold'])
  await holder.printed('held')
  const lua = await state(place)
  const refusal = [null, 'held: its owner and mode do not permit that', 'EACCES']
  assert.deepEqual(await lua('return page.open "held"'), refusal)
  assert.deepEqual(await lua('return page.open("held", "r")'), refusal)
  holder.kill('SIGKILL')
  await holder.ended
  await lua('p = page.open "held"')
  const { status, stderr } = await run(['setpriv', '--reuid=1000', '--regid=1000', '--clear-groups', 'build/test/page-attacks', 'hold'])
  assert.equal(status, 1, stderr)
  const page = await pages.open('held')
  page.close()
})

// --- runs that end in the middle ---

behaviour('a run may be suspended, aborted or over its budget inside of an update; the page and the state are as before', async (place) => {
  const name = await place.newState()
  const lua = async (code: string, budget = 20 * SLOWNESS) => place.session.run(name, code, { budget })
  await lua('page = require "page" p = page.open "web"')
  const { output, values } = await lua('return p:update(function(v) for i = 1, 3000 do print(("x"):rep(100)) end v:setu8(0, 1) return "done" end)')
  assert.equal(output.length, 3000 * 101)
  assert.deepEqual(values, [1, 'done'])
  assert.equal((await failing(lua('p:update(function(v) v:setu8(0, 2) while true do end end)', 0.3 * SLOWNESS))).code, 'ETIME')
  const endless = failing(lua('p:update(function(v) v:setu8(0, 3) print("begun") while true do end end)', 0))
  await eventually('it runs', async () => (await place.session.show(name)).inuse !== null)
  await eventually('it is aborted', async () => (await failureOf(place.session.abort(name))) === undefined)
  assert.equal((await endless).code, 'EINTR')
  assert.deepEqual((await lua('return (p:read()):getu8(0), p:version(), p:update(function(v) v:setu8(0, 4) end)')).values, [1, 1, 2])
})

behaviour('updates within updates end where the stack does, with an error', async (place) => {
  const lua = await state(place)
  // Small views, or a large stack outlasts the memory. Where little of it is left memory is not waited for, which may come first.
  await lua('p = page.open "web" p:resize(16)')
  const { message } = await failing(lua('local function nest(v) p:update(nest) end p:update(nest)'))
  assert.match(message, /stack overflow|not enough memory/)
  const code = `
    local deepest = 0
    local function deep(n) deepest = n local q <close> = page.open "web" q:update(function(v) pcall(deep, n + 1) end) p:read() end
    pcall(deep, 1)
    return deepest > 3, p:update(function(v) v:setu8(0, 1) end)`
  assert.deepEqual(await lua(code), [true, 1])
})

// --- who wants too much ---

/** Whether nobody but p is subscribed: then it can be deleted. */
const ALONE = 'return p:delete()'

behaviour(`a hundred thousand pages that a script opens and drops take the room of ${PLACES}`, async (place) => {
  const lua = await state(place, { maxalloc: 256 * 1024 })
  const before = await freeMiB()
  await lua('p = page.open "web" opened, refused = 0, 0')
  for (let round = 0; round < 20; round++) {
    await lua('for i = 1, 5000 do local q, _, code = page.open "web" if q then opened = opened + 1 else refused = refused + 1 assert(code == "EMFILE") collectgarbage() end end')
  }
  const [opened, refused] = await lua('return opened, refused')
  assert.ok(Number(opened) > 90_000, `${plain(opened)} opened, ${plain(refused)} refused`)
  assert.deepEqual(await lua('collectgarbage() page.open("web"):close() return p:delete()'), [true])
  assert.ok(before - await freeMiB() < 10, 'the memory is back')
})

behaviour(`a state has at most ${PLACES} pages open; who closes one may open another`, async (place) => {
  const lua = await state(place)
  const refusal = [null, 'one.more: the state has 256 pages open; close some, or collectgarbage()', 'EMFILE']
  assert.deepEqual(await lua(`all = {} for i = 1, ${PLACES} do all[i] = assert(page.open("page." .. i % 10)) end return page.open "one.more"`), refusal)
  assert.deepEqual(await lua('collectgarbage() return page.open "one.more"'), refusal)
  assert.deepEqual(await lua('all[7]:close() return page.open("one.more"):name()'), ['one.more'])
  // Dropped, not closed.
  assert.deepEqual(await lua('all = nil collectgarbage() p = page.open("page.1") ' + ALONE), [true])
})

behaviour('states exhaust neither the count nor the memory of a namespace; what they get they give back', async (place) => {
  const limit = '/sys/module/kstate/parameters/maxpages'
  place.afterwards(() => outputOf('sh', '-c', `echo 4096 >${limit}`))
  await outputOf('sh', '-c', `echo 10 >${limit}`)
  const lua = await state(place)
  const code = 'all = {} for i = 1, 100 do local p, words, code = page.open("page." .. i) if not p then return i, words, code end all[i] = p end'
  assert.deepEqual(await lua(code), [11, 'page.11: the namespace has as many pages as it may have', 'ENOSPC'])
  await outputOf('sh', '-c', `echo 4096 >${limit}`)
  await lua('all = nil collectgarbage() page.open("a"):close()')
  assert.deepEqual(await lua('return page.open("page.1", "r")'), [null, 'page.1: there is no such page', 'ENOENT'])
})

behaviour('a namespace holds at most maxmemory bytes of pages and of what states have open', async () => {
  await unloadLibrary()
  await loadLibrary('maxmemory=1000000')
  const session = await open()
  try {
    await session.newState('greedy', { handle: false })
    const { values } = await session.run('greedy', `
      local page, all = require "page", {}
      for i = 1, 100 do local p, words, code = page.open("page." .. i) if not p then return i, words, code end all[i] = p end`)
    const [count, words, code] = values
    assert.deepEqual([words, code], [`page.${plain(count)}: the namespace holds as much memory for pages as it may`, 'EDQUOT'])
    assert.ok(Number(count) > 20 && Number(count) < 30, plain(count))
    await session.closeState('greedy')
  } finally {
    session.close()
    await unloadLibrary()
    await loadLibrary()
  }
})

behaviour('pages are charged to the memory cgroup of who made the state', async (place) => {
  const group = '/sys/fs/cgroup/luapages'
  await outputOf('sh', '-c', `echo +memory >/sys/fs/cgroup/cgroup.subtree_control; mkdir ${group}`)
  await outputOf('sh', '-c', `echo $$ >${group}/cgroup.procs; exec lunatikctl new charged`)
  const session = place.session
  const charged = async () => Number(await readFile(`${group}/memory.current`, 'utf8'))
  const before = await charged()
  await session.run('charged', 'page = require "page" all = {} for i = 1, 100 do all[i] = assert(page.open("page." .. i)) end')
  const more = await charged() - before
  assert.ok(more > 100 * 36 * 1024, String(more))
  await outputOf('sh', '-c', `echo ${await charged() + 400_000} >${group}/memory.max`)
  const { values } = await session.run('charged', 'for i = 101, 200 do local p, words, code = page.open("page." .. i) if not p then return i, words, code end all[i] = p end')
  const [count, words, code] = values
  assert.deepEqual([words, code], [`page.${plain(count)}: there is no memory at hand`, 'ENOMEM'])
  await session.closeState('charged')
  await eventually('its cgroup is empty', async () => (await run(['rmdir', group])).status === 0)
})

behaviour('a state that has no memory for the library leaves nothing behind by trying', async (place) => {
  const name = await place.newState({ maxalloc: 64 * 1024 })
  const { session } = place
  // Room is made little by little, so that it fails at each of its steps.
  const { values } = await session.run(name, `
    local hoard, held, failed = {}, 0, 0
    pcall(function() for i = 1, 1e6 do hoard[i] = ("x"):rep(20) .. i held = i end end)
    local ok, page
    repeat
      for i = 1, 4 do hoard[held] = nil held = held - 1 end
      collectgarbage()
      for i = 1, 3 do
        ok, page = pcall(require, "page")
        if not ok then failed = failed + 1 end
      end
    until ok
    hoard = nil
    return failed, page.open("web"):version()`, { budget: 20 * SLOWNESS })
  const [failed, version] = values
  assert.ok(Number(failed) > 10, plain(failed))
  assert.equal(version, 0)
})

// --- what keeps the modules ---

behaviour('a state that has the library keeps the modules; one that is closed gives back what it had open', async (place) => {
  const { session } = place
  await session.newState('web', { handle: false })
  assert.deepEqual((await session.run('web', 'p = require "page".open "web" return p:version()')).values, [0])
  await inUse('lunatik_page')
  await inUse('kstate')
  const page = await pages.open('web')
  await assert.rejects(page.delete(), { code: 'EBUSY' })
  await session.closeState('web')
  await page.delete()
  page.close()
  await unloadLibrary()
  await session.newState('web', { handle: false })
  assert.match((await failing(session.run('web', 'require "page"'))).message, /no library 'page' is registered in the kernel/)
  await session.closeState('web')
  await loadLibrary()
})

behaviour('a namespace dies while a module holds a state that has pages open', async (place) => {
  await loaded(place)
  const { fd, letGo } = await namespace(place, 'blue')
  await answers(`netnewget ${fd} 0 web 1048576`, '0')
  await answers(`statenet ${fd} 0`, 'same')
  await answers('statenet 0', 'another')
  await answers('dostring 0 default 0 page = require "page" p = page.open "web" p:update(function(v) v:setu8(0, 1) end)', '0')
  await letGo()
  await outputOf('ip', 'netns', 'del', 'blue')
  await eventually('it is dead', async () => (await told('show 0')).endsWith('dead'))
  await answers('statenet 0', 'none')
  await answers('dostring 0 default 0 return 1', /^ESHUTDOWN/)
  await inUse('lunatik_page')
  await answers('putstate 0 1', '1')
})

// --- the kernel's API ---

behaviour('the consumer calls every function of the header', async () => {
  const header = await readFile('kmod/include/linux/kstate.h', 'utf8')
  const declared = [...header.matchAll(/^(?:\w[\w ]* )\*?(kstate_\w+)\(/gm)].map(([, name]) => name)
  const wanted = new Set((await outputOf('nm', '-u', CONSUMER)).split(/\s+/))
  assert.ok(declared.length >= 8, declared.join(' '))
  assert.deepEqual(declared.filter((name) => name === undefined || !wanted.has(name)), [])
})

const [READ, WRITE] = ['1', '2']

for (const context of ['', 'softirq ']) {
  behaviour(`a module opens, reads, writes, resizes, deletes and closes pages ${context === '' ? 'in a process' : 'in softirq'}`, async (place) => {
    await loaded(place)
    await answers(`${context}page-open 0 web ${READ}`, 'ENOENT')
    for (const [name, permissions] of [["''", WRITE], ['a..b', WRITE], ['web', '0'], ['web', '4'], ['x'.repeat(248), READ]] as const) {
      await answers(`${context}page-open 0 ${name} ${permissions}`, 'EINVAL')
    }
    await answers(`${context}page-open 0 web ${WRITE}`, '0')
    await answers(`${context}page-open 1 web ${READ}`, '0')
    await answers(`${context}page-name 1`, 'web')
    await answers(`${context}page-status 0`, '0 4096')
    await answers(`${context}page-resize 0 0`, 'EINVAL')
    await answers(`${context}page-resize 0 10`, '0')
    await answers(`${context}page-write 0 0 10 hello 0`, '1')
    await answers(`${context}page-read 1 4096`, '1 10 hello')
    await answers(`${context}page-read 1 9`, 'EMSGSIZE')
    await answers(`${context}page-write 0 1 10 hello 0`, '1')
    await answers(`${context}page-write 0 0 10 late 0`, 'ESTALE')
    await answers(`${context}page-write 0 1 11 long 0`, 'EMSGSIZE')
    await answers(`${context}page-write 0 1 10 again 2`, 'EINVAL')
    await answers(`${context}page-write 0 1 10 again 1`, '2')
    await answers(`${context}page-resize 0 20`, '0')
    await answers(`${context}page-status 1`, '3 20')
    for (const refused of ['page-write 1 3 20 no 0', 'page-resize 1 30', 'page-delete 1']) await answers(context + refused, 'EACCES')
    await answers(`${context}page-delete 0`, 'EBUSY')
    await answers(`${context}page-close 1`, '0')
    await answers(`${context}page-delete 0`, '0')
    for (const gone of ['page-read 0 4096', 'page-write 0 3 20 no 0', 'page-resize 0 30', 'page-delete 0', 'page-status 0']) await answers(context + gone, 'EIDRM')
    await answers(`${context}page-close 0`, '0')
    await answers(`${context}page-open 0 web ${READ}`, 'ENOENT')
    // Who leaves last takes the page along.
    await answers(`${context}page-open 0 web ${WRITE}`, '0')
    await answers(`${context}page-close 0`, '0')
    await answers(`${context}page-open 0 web ${READ}`, 'ENOENT')
  })

  behaviour(`a module's pages are those of a namespace, and end with it ${context === '' ? 'in a process' : 'in softirq'}`, async (place) => {
    await loaded(place)
    const { fd, letGo } = await namespace(place, 'blue')
    await answers(`${context}page-open ${fd} 0 web ${WRITE}`, '0')
    await answers(`${context}page-open 1 web ${READ}`, 'ENOENT')
    await letGo()
    await outputOf('ip', 'netns', 'del', 'blue')
    await eventually('the page is gone', async () => (await told(`${context}page-status 0`)) === 'EIDRM')
    await answers(`${context}page-write 0 0 4096 no 0`, 'EIDRM')
    await answers(`${context}page-close 0`, '0')
  })
}

behaviour('softirqs, a state and Node count on one page at once, and nothing is lost', async (place) => {
  await loaded(place)
  await answers(`page-open 0 web ${WRITE}`, '0')
  const lua = await state(place)
  await lua('p = page.open "web"')
  const page = await pages.open('web')
  place.afterwards(() => { page.close() })
  const [bursts, each] = [100, 50]
  const fromSoftirq = async (): Promise<void> => {
    for (let i = 0; i < bursts; i++) await answers(`softirq page-count 0 ${each}`, /^0 \d+$/)
  }
  const fromNode = async (): Promise<void> => {
    for (let i = 0; i < 500; i++) {
      await page.update(({ bytes }) => {
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
        view.setBigUint64(0, view.getBigUint64(0, true) + 1n, true)
      }, { retries: Infinity })
      await sleep(0)
    }
  }
  const fromLua = lua('for i = 1, 5000 do assert(p:update(function(v) v:setu64(0, v:getu64(0) + 1) end, 1000000)) end')
  // Pages that come and go beside it, in either context.
  const crowd = async (context: string, slot: number): Promise<void> => {
    for (let i = 0; i < 50; i++) {
      await answers(`${context}page-open ${slot} crowd.${i % 3} ${WRITE}`, '0')
      await answers(`${context}page-close ${slot}`, '0')
    }
  }
  await Promise.all([fromSoftirq(), fromNode(), fromLua, crowd('', 1), crowd('softirq ', 2)])
  assert.deepEqual(await lua('return (p:read()):getu64(0), p:version()'), [bursts * each + 500 + 5000, bursts * each + 500 + 5000])
  await answers('page-close 0', '0')
})
