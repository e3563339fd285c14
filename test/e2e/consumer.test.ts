// SPDX-License-Identifier: MIT
// The kernel's API (kmod/include/linux/lunatik.h), as a module of somebody else's uses it. `answers` takes what
// test/consumer/verbs.c lists: the word is the function's name.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { open } from '../../native/addon/index.ts'
import { answers, CONSUMER, load, loaded, namespace, told, unload } from './consumer.ts'
import { behaviour, DEFAULT_BUDGET, eventually, failureOf, outputOf, Program, run, SLOWNESS } from './guest.ts'
import { freeMiB } from './memory.ts'

const KIB = 1024
const MIB = 1024 * KIB
const SECOND = 1e6

/** Microseconds that nothing here should need. */
const LONG = 60 * SLOWNESS * SECOND

behaviour('the consumer calls every function of the header', async () => {
  const header = await readFile('kmod/include/linux/lunatik.h', 'utf8')
  const declared = [...header.matchAll(/^(?:\w[\w ]* )\*?(lunatik_\w+)\(/gm)].map(([, name]) => name)
  const wanted = new Set((await outputOf('nm', '-u', CONSUMER)).split(/\s+/))
  assert.ok(declared.length > 15, declared.join(' '))
  assert.deepEqual(declared.filter((name) => name === undefined || !wanted.has(name)), [])
})

// --- by name ---

behaviour('a module makes, finds and closes states of the initial namespace by name', async (place) => {
  await loaded(place)
  const { session } = place
  await answers('statelookup web', 'none')
  await answers('newstate web 65536', 'made')
  const { maxalloc, users } = await session.show('web')
  assert.deepEqual({ maxalloc, users }, { maxalloc: 64 * KIB, users: 1 })
  await answers('statelookup web', 'web 65536 alive')
  await answers('softirq statelookup web', 'web 65536 alive')
  await answers('newstate web 65536', 'none')
  await answers('close web', '0')
  await answers('close web', 'ENOENT')
  await answers('statelookup web', 'none')
  assert.equal((await failureOf(session.show('web')))?.code, 'ENOENT')
})

behaviour('a module finds and closes what user space made', async (place) => {
  await loaded(place)
  await place.session.newState('web', { handle: false })
  await answers('statelookup web', 'web 1048576 alive')
  await answers('close web', '0')
})

behaviour('the same in another namespace, and only there', async (place) => {
  await loaded(place)
  const { fd } = await namespace(place, 'blue')
  await answers(`netnewstate ${fd} web 65536`, 'made')
  await answers(`netnewstate ${fd} web 65536`, 'none')
  await answers(`netnewget ${fd} 0 web 65536`, 'EEXIST')
  for (const context of ['', 'softirq ']) {
    await answers(`${context}netstatelookup ${fd} web`, 'web 65536 alive')
    await answers(`${context}netstatelookup web`, 'none')
    await answers(`${context}statelookup web`, 'none')
  }
  await answers('newstate web 131072', 'made')
  await answers(`netstatelookup ${fd} web`, 'web 65536 alive')
  await answers('close web', '0')
  await answers(`netclosestate ${fd} web`, '0')
  await answers(`netclosestate ${fd} web`, 'ENOENT')
})

behaviour('names that are none, and limits out of range, are refused', async (place) => {
  await loaded(place)
  const { fd } = await namespace(place, 'blue')
  for (const name of ["''", '-a', '.a', 'a/b', 'a\nb', 'ä', 'x'.repeat(64)]) {
    await answers(`newstate ${name} 65536`, 'none')
    await answers(`netnewstate ${fd} ${name} 65536`, 'none')
    await answers(`netnewget ${fd} 0 ${name} 65536`, 'EINVAL')
    await answers(`netstatelookup ${fd} ${name}`, 'none')
    await answers(`netgetstate ${fd} 0 ${name}`, 'ENOENT')
    await answers(`close ${name}`, 'ENOENT')
    await answers(`netclosestate ${fd} ${name}`, 'ENOENT')
  }
  for (const maxalloc of [1, 64 * KIB - 1, 256 * MIB + 1, 2 ** 53]) {
    await answers(`newstate web ${maxalloc}`, 'none')
    await answers(`netnewget 0 web ${maxalloc}`, 'EINVAL')
  }
  await answers('netnewget 0 web 0', '0')
  await answers('show 0', 'web 1048576 alive')
  await answers('putstate 0 1', '1')
  await answers('close web', '0')
  const longest = 'x'.repeat(63)
  await answers(`newstate ${longest} ${256 * MIB}`, 'made')
  await answers(`close ${longest}`, '0')
})

// --- references ---

behaviour('made and taken in one step; nobody closes it until it is given back', async (place) => {
  await loaded(place)
  const { session } = place
  await answers('netnewget 0 web 65536', '0')
  await answers('show 0', 'web 65536 alive')
  await answers('softirq show 0', 'web 65536 alive')
  assert.equal((await session.show('web')).users, 2)
  await answers('close web', 'EBUSY')
  await answers('netclosestate web', 'EBUSY')
  assert.equal((await failureOf(session.closeState('web')))?.code, 'EBUSY')
  await answers('netnewget 1 web 65536', 'EEXIST')
  await answers('putstate 0 1', '1')
  assert.equal((await session.show('web')).users, 1)
  await session.closeState('web')
})

behaviour('found and taken in one step or in two, in any context', async (place) => {
  await loaded(place)
  const { fd } = await namespace(place, 'blue')
  await answers(`netnewstate ${fd} web 65536`, 'made')
  let slot = 0
  for (const context of ['', 'softirq ']) {
    for (const verb of ['netgetstate', 'lookupget']) {
      await answers(`${context}${verb} ${fd} ${slot} web`, '0')
      await answers(`${context}${verb} ${slot + 1} web`, 'ENOENT')
      await answers(`${context}getstate ${slot} 2`, '2')
      await answers(`netclosestate ${fd} web`, 'EBUSY')
      await answers(`${context}putstate ${slot} 3`, '3')
      slot++
    }
  }
  await answers(`netclosestate ${fd} web`, '0')
})

behaviour('one more given back than taken is refused, and does no harm', async (place) => {
  await loaded(place)
  await answers('netnewget 0 web 65536', '0')
  await answers('putstate 0 5', '1')
  await answers('softirq putstate 0 1', '0')
  assert.equal((await place.session.show('web')).users, 1)
  assert.deepEqual((await place.session.run('web', 'return 1')).values, [1])
  await answers('close web', '0')
})

behaviour('references end at 1,048,576, for modules and user space together', async (place) => {
  await loaded(place)
  const limit = 2 ** 20
  await answers('netnewget 0 web 65536', '0')
  await answers('getstate 0 2000000', `${limit - 2}`)
  assert.equal((await place.session.show('web')).users, limit)
  await answers('getstate 0 1', '0')
  await answers('softirq getstate 0 1', '0')
  await answers('netgetstate 1 web', 'ENOENT')
  assert.equal((await failureOf(place.session.pin('web')))?.code, 'EOVERFLOW')
  await answers('putstate 0 1', '1')
  await answers('getstate 0 2', '1')
  await answers('putstate 0 2000000', `${limit - 1}`)
  await answers('close web', '0')
})

// --- running ---

behaviour('a function runs in a state, and says by its return how that went', async (place) => {
  await loaded(place)
  await answers('netnewget 0 web 1048576', '0')
  const works = (name: string, argument: string, expected: string | RegExp) => answers(`run 0 ${LONG} 0 ${name} ${argument}`, expected)
  await works('values', '-', '0 table of 3 make 600')
  await works('top', '-', '0 0')
  await works('top', '-', '0 0')
  await works('env', '-', '0 same')
  await works('sums', '-', '0 3.5')
  await works('errno', '-', 'EIO')
  await works('fail', 'words', /^ECANCELED words, 42 times/)
  await works('global', 'consumed', /^0 table: /)
  await place.session.run('web', 'function plus(a, b) return a + b end  function wrong() error("so", 0) end')
  await works('call', 'plus', '0 42')
  await works('call', 'wrong', /^ECANCELED so/)
  await works('pcall', 'wrong', '0 so')
  await works('call', 'nothing', /^ECANCELED attempt to call a nil value/)
  await answers('run 0 - 0 top -', '0 0')
  await answers('run 0 - 0 fail x', 'ECANCELED')
  await answers('run 0 default 0 top -', '0 0')
  await answers('putstate 0 1', '1')
  await answers('close web', '0')
})

behaviour('a function in C that does not end is ended by its budget, one that hoards by the limit', async (place) => {
  await loaded(place)
  await answers('netnewget 0 web 1048576', '0')
  await answers(`run 0 ${SECOND / 20} 0 spin -`, /^ETIME time budget is over/)
  await answers('run 0 default 0 spin -', /^ETIME /)
  await answers('run 0 - 0 spin -', 'ETIME')
  await answers(`run 0 ${LONG} 0 hoard -`, /^ECANCELED not enough memory/)
  await answers(`run 0 ${LONG} 0 values -`, '0 table of 3 make 600')
  const { errors, aborts } = await place.session.show('web')
  assert.deepEqual({ errors, aborts }, { errors: 1, aborts: 3 })
  await answers('putstate 0 1', '1')
  await answers('close web', '0')
})

behaviour("what a module's function calls may find that function by debug, and cannot run it", async (place) => {
  await loaded(place)
  await answers('netnewget 0 web 1048576', '0')
  await place.session.run('web', `
    function seek()
      found, tried, refused = 0, 0, 0
      for level = 1, 20 do
        local info = debug.getinfo(level, 'fS')
        if not info then break end
        if info.what == 'C' then
          found, kept = found + 1, info.func
          for _, argument in ipairs { 1, 'x', debug, function() end } do
            tried = tried + 1
            if not pcall(info.func, argument) then refused = refused + 1 end
          end
        end
      end
      return found
    end`)
  await answers(`run 0 ${LONG} 0 call seek`, /^0 [1-9]/)
  const code = 'return tried > 0 and tried == refused, pcall(kept, 7), pcall(kept)'
  assert.deepEqual((await place.session.run('web', code)).values, [true, false, false, 'this is not for scripts to call'])
  await answers('putstate 0 1', '1')
  await answers('close web', '0')
})

behaviour('a run within a run is refused', async (place) => {
  await loaded(place)
  await answers('netnewget 0 web 1048576', '0')
  await answers(`run 0 ${LONG} 0 nested -`, '0 -35')
  await answers('putstate 0 1', '1')
  await answers('close web', '0')
})

behaviour('a chunk runs in a state, and leaves there what it defines', async (place) => {
  await loaded(place)
  await answers('netnewget 0 web 1048576', '0')
  await answers(`dostring 0 ${LONG} 0 x = 6 * 7`, '0')
  await answers(`run 0 ${LONG} 0 global x`, '0 42')
  assert.deepEqual((await place.session.run('web', 'return x')).values, [42])
  await answers(`dostring 0 ${LONG} 0 x = = 1`, /^ENOEXEC consumer:1: /)
  await answers(`dostring 0 ${LONG} 0 error("wrong")`, /^ECANCELED consumer:1: wrong\nstack traceback:/)
  await answers(`dostring 0 ${SECOND / 20} 0 while true do end`, /^ETIME consumer:1: time budget is over/)
  await answers('dostring 0 - 0 error("unheard")', 'ECANCELED')
  await answers(`dostring 0 ${LONG} 0 print("to nobody")`, '0')
  assert.deepEqual((await place.session.show('web')).script?.name, 'consumer')
  await answers('putstate 0 1', '1')
  await answers('close web', '0')
})

behaviour('a state in which something runs is in use; who wants to waits', async (place) => {
  await loaded(place)
  await answers('netnewget 0 web 1048576', '0')
  const busy = place.session.run('web', 'local n = 0 while not stop do n = n + 1 end', { budget: 3 * SLOWNESS })
  const ended = failureOf(busy)
  await eventually('it runs', async () => (await place.session.show('web')).inuse !== null)
  await answers('run 0 default 0 top -', 'EBUSY')
  await answers('dostring 0 default 0 x = 1', 'EBUSY')
  await answers(`run 0 default ${SECOND / 10} top -`, 'EBUSY')
  await answers(`run 0 default ${LONG} top -`, '0 0')
  assert.equal((await ended)?.code, 'ETIME')
  await answers('putstate 0 1', '1')
  await answers('close web', '0')
})

/** Writes a command from a process of its own that has a handler for SIGUSR1, and prints what it is answered. */
function asking(command: string): Program {
  return new Program(['bash', '-c', 'trap : USR1; exec 3<>/sys/kernel/debug/consumer; printf %s "$0" >&3; cat <&3', command])
}

behaviour("a signal ends a module's wait for a state, and what runs there goes on", async (place) => {
  await loaded(place)
  await answers('netnewget 0 web 1048576', '0')
  const ended = failureOf(place.session.run('web', 'while true do end', { budget: 0 }))
  await eventually('it runs', async () => (await place.session.show('web')).inuse !== null)
  const { users } = await place.session.show('web')
  const waiting = asking(`run 0 default ${LONG} top -`)
  await eventually('another waits', async () => (await place.session.show('web')).users > users)
  waiting.kill('SIGUSR1')
  assert.match((await waiting.ended).stdout, /^-4\b/)
  assert.equal((await place.session.show('web')).users, users)
  await place.session.abort('web')
  assert.equal((await ended)?.code, 'EINTR')
  await answers('putstate 0 1', '1')
  await answers('close web', '0')
})

behaviour("a module's run is seen and aborted from user space", async (place) => {
  await loaded(place)
  await answers('netnewget 0 web 1048576', '0')
  const spinning = told('run 0 0 0 spin -')
  await eventually('it runs', async () => (await place.session.show('web')).inuse !== null)
  assert.equal((await place.session.show('web')).inuse, process.pid)
  assert.equal((await failureOf(place.session.closeState('web')))?.code, 'EBUSY')
  await place.session.abort('web')
  assert.match(await spinning, /^EINTR aborted/)
  await answers('putstate 0 1', '1')
  await answers('close web', '0')
})

// --- libraries ---

behaviour("a script requires a module's library: integers, strings, floats, userdata, callbacks", async (place) => {
  await loaded(place)
  const name = await place.newState()
  const values = async (code: string) => (await place.session.run(name, `local c = require "consumer" ${code}`, { budget: 60 * SLOWNESS })).values
  assert.deepEqual(await values('return c.add(40, 2), c == require "consumer"'), [42, true])
  assert.deepEqual(await values('return c.join(", ", "a", "\\xff\\0", "c")'), [Uint8Array.from(Buffer.from('a, \xff\0, c', 'latin1'))])
  assert.deepEqual(await values('return c.join("-", ("x"):rep(300), ("y"):rep(300)) == ("x"):rep(300) .. "-" .. ("y"):rep(300)'), [true])
  assert.deepEqual(await values('return c.sums.mean(1, 2.5, "4"), c.sums.scaled(3), c.sums.scaled(3, 0.25)'), [2.5, 1.5, 0.75])
  assert.deepEqual(await values('return c.counter(40):increment():increment(1):value()'), [42])
  assert.deepEqual(await values('return c.each(3, function(i) return i * i end)'), [[1, 4, 9]])
  assert.deepEqual(await values('return c.state(), c.verdict(), c.verdict("drop")'), [name, 1, 0])
  assert.deepEqual(await values('return pcall(c.each, 2, function(i) error("at " .. i, 0) end)'), [false, 'at 1'])
  assert.equal(await outputOf('lunatikctl', 'do', name, '-e', 'return require("consumer").add(1, 2)'), '3\n')
})

behaviour("a library's errors are the script's", async (place) => {
  await loaded(place)
  const name = await place.newState()
  const failed = async (code: string) => (await failureOf(place.session.run(name, `local c = require "consumer" ${code}`, { budget: 60 * SLOWNESS })))?.message ?? ''
  assert.match(await failed('c.fail("so")'), /^do:1: consumer fails: so$/)
  assert.match(await failed('c.fail()'), /consumer fails: for no reason$/)
  assert.match(await failed('c.add(1, {})'), /bad argument #2 to 'add' \(number expected, got table\)$/)
  assert.match(await failed('c.add(1.5, 1)'), /number has no integer representation/)
  assert.match(await failed('c.sums.mean()'), /bad argument #1 to 'mean' \(value expected\)/)
  assert.match(await failed('c.verdict("else")'), /invalid option 'else'/)
  assert.match(await failed('c.counter().value(io)'), /consumer\.counter expected, got nil/)
  assert.match(await failed('c.counter().value(setmetatable({}, getmetatable(c.counter())))'), /consumer\.counter expected, got /)
  assert.match(await failed('c.each(1, 1)'), /function expected, got number/)
})

behaviour('a callback that does not end is ended, and a recursion through the library, and what it hoards', async (place) => {
  await loaded(place)
  const name = await place.newState()
  const { session } = place
  const ends = async (code: string, budget: number) => (await failureOf(session.run(name, `local c = require "consumer" ${code}`, { budget })))
  assert.equal((await ends('c.each(1, function() while true do end end)', 0.1))?.code, 'ETIME')
  assert.equal((await ends('c.each(math.maxinteger, function() end)', 0.1))?.code, 'ETIME')
  assert.equal((await ends('while true do pcall(c.each, math.maxinteger, function() error() end) end', 0.1))?.code, 'ETIME')
  const deep = await ends('local function f() return c.each(1, f) end f()', 60 * SLOWNESS)
  assert.match(deep?.message ?? '', /overflow/)
  const hoard = await ends('local t = {} c.each(math.maxinteger, function(i) t[i] = c.counter(i) end)', 60 * SLOWNESS)
  assert.match(hoard?.message ?? '', /^not enough memory$/)
})

behaviour("a finalizer that a script puts into a library's metatable is never run", async (place) => {
  await loaded(place)
  const name = await place.newState()
  const chunk = `
    local c = require "consumer"
    getmetatable(c.counter()).__gc = function() ran = true while true do end end
    for i = 1, 100 do c.counter() end
    collectgarbage() collectgarbage()
    return ran`
  assert.deepEqual((await place.session.run(name, chunk, { budget: 10 * SLOWNESS })).values, [null])
})

behaviour('what is registered nowhere cannot be required', async (place) => {
  const name = await place.newState()
  assert.match((await failureOf(place.session.run(name, 'require "consumer"')))?.message ?? '', /consumer/)
  assert.match((await failureOf(place.session.run(name, 'require "../x"')))?.message ?? '', /x/)
  assert.match((await failureOf(place.session.run(name, 'require {}')))?.message ?? '', /string expected, got table/)
})

behaviour('libraries are registered once, under names that are some, and go', async (place) => {
  await loaded(place)
  const [before, after] = [await place.newState(), await place.newState()]
  const required = (name: string, library: string) => place.session.run(name, `return require("${library}").add(1, 2)`)
  for (const name of ["''", 'a/b', '-a', 'x'.repeat(64)]) await answers(`register ${name}`, 'EINVAL')
  await answers('register consumer', 'EEXIST')
  await answers('register second', '0')
  assert.deepEqual((await required(before, 'second')).values, [3])
  await answers('unregister', '0')
  assert.deepEqual((await required(before, 'second')).values, [3], 'who has it keeps it')
  assert.match((await failureOf(required(after, 'second')))?.message ?? '', /second/)
  assert.deepEqual((await required(after, 'consumer')).values, [3])
})

behaviour('a library that does not open can be asked for again and again, and takes nothing for it', async (place) => {
  await loaded(place)
  const name = await place.newState()
  await answers('register-failing broken', '0')
  const chunk = 'for i = 1, 1000 do ok, why = pcall(require, "broken") end return ok, why'
  const [ok, why] = (await place.session.run(name, chunk, { budget: 60 * SLOWNESS })).values
  assert.equal(ok, false)
  assert.ok(typeof why === 'string' && why.endsWith('the library does not open'), JSON.stringify(why))
  const uses = Number(await readFile('/sys/module/consumer/refcnt', 'utf8'))
  assert.ok(uses <= 2, `${uses} uses`)
  await answers('unregister', '0')
})

// --- modules that go ---

behaviour('lunatik stays while a module uses its API', async (place) => {
  await loaded(place)
  const { status, stderr } = await run(['rmmod', 'lunatik'])
  assert.notEqual(status, 0)
  assert.match(stderr, /in use by: consumer/)
})

behaviour('a module stays while a state uses its library, whatever the script does, and goes after', async (place) => {
  await load()
  place.afterwards(unload)
  const { session } = place
  await session.newState('web', { handle: false })
  await session.run('web', 'c = require "consumer"')
  const refused = async () => assert.notEqual((await run(['rmmod', 'consumer'])).status, 0)
  await refused()
  await session.run('web', 'c = nil collectgarbage()')
  await refused()
  await session.newState('other', { handle: false })
  await session.closeState('other')
  await refused()
  await session.closeState('web')
  await unload()
  await load()
})

behaviour('a state that only was loaded beside the module does not keep it', async (place) => {
  const name = await place.newState()
  await load()
  await place.session.run(name, 'x = 1')
  await unload()
  assert.deepEqual((await place.session.run(name, 'return x')).values, [1])
})

behaviour('a module hears of the end of a state, and stays until it has', async (place) => {
  await loaded(place)
  await answers('netnewget 0 web 65536', '0')
  await answers('onrelease 0', '0')
  await answers('putstate 0 1', '1')
  await answers('released 0', 'none')
  assert.notEqual((await run(['rmmod', 'consumer'])).status, 0)
  await place.session.closeState('web')
  await eventually('it is told', async () => (await told('released 0')) === 'web')
})

// --- namespaces that go ---

behaviour('when its namespace goes, a state that a module holds is dead; its memory goes with the last reference', async (place) => {
  await loaded(place)
  const { fd, letGo } = await namespace(place, 'blue')
  const before = await freeMiB()
  await answers(`netnewget ${fd} 0 web ${64 * MIB}`, '0')
  await answers('getstate 0 1', '1')
  await answers('onrelease 0', '0')
  await answers(`dostring 0 ${LONG} 0 t = {} for i = 1, 480 do t[i] = ("x"):rep(100000) .. i end`, '0')
  assert.ok((await freeMiB()) < before - 35, 'the state holds no memory?')
  await letGo()
  await outputOf('ip', 'netns', 'del', 'blue')
  await eventually('it is dead', async () => (await told('show 0')).endsWith('dead'))
  await answers('show 0', /^web 67108864 (empty )?dead$/)
  await answers('softirq show 0', /^web 67108864 (empty )?dead$/)
  await answers(`run 0 ${LONG} ${LONG} top -`, 'ESHUTDOWN')
  await answers(`dostring 0 ${LONG} 0 x = 1`, 'ESHUTDOWN')
  await answers('getstate 0 1', '0')
  await answers('softirq getstate 0 1', '0')
  await answers('released 0', 'none')
  await answers('putstate 0 1', '1')
  await answers('released 0', 'none')
  await answers('show 0', /^web 67108864 (empty )?dead$/)
  await answers('softirq putstate 0 1', '1')
  await eventually('it is told', async () => (await told('released 0')) === 'web')
  await eventually('the memory is back', async () => (await freeMiB()) > before - 15)
})

behaviour('a namespace that goes ends what a module runs there, budget or not, and waits for none of it', async (place) => {
  await loaded(place)
  const { fd, letGo } = await namespace(place, 'blue')
  await answers(`netnewget ${fd} 0 web ${MIB}`, '0')
  await answers(`netnewget ${fd} 1 mail ${MIB}`, '0')
  const runs = [told('run 0 0 0 spin -'), told('dostring 1 0 0 local function f() while true do end end while true do pcall(f) end')]
  const session = await open({ netns: 'blue' })
  await eventually('both run', async () => (await session.list()).every(({ inuse }) => inuse !== null))
  session.close()
  await letGo()
  const began = Date.now()
  await outputOf('ip', 'netns', 'del', 'blue')
  for (const ended of await Promise.all(runs)) assert.match(ended, /^ESHUTDOWN/)
  assert.ok(Date.now() - began < 5000 * SLOWNESS, `${Date.now() - began} ms`)
  await eventually('both are dead', async () => (await told('show 0')).endsWith('dead') && (await told('show 1')).endsWith('dead'))
  await answers('putstate 0 1', '1')
  await answers('putstate 1 1', '1')
})

behaviour('a name is free again in the namespace that comes after', async (place) => {
  await loaded(place)
  for (let round = 0; round < 3; round++) {
    const { fd, letGo } = await namespace(place, 'blue')
    await answers(`netnewget ${fd} ${round} web ${64 * KIB}`, '0')
    await letGo()
    await outputOf('ip', 'netns', 'del', 'blue')
  }
  for (let round = 0; round < 3; round++) {
    await eventually('it is dead', async () => (await told(`show ${round}`)).endsWith('dead'))
    await answers(`putstate ${round} 1`, '1')
  }
})

behaviour("the module's default budget is its own, not one of the consumer's", async (place) => {
  await loaded(place)
  await answers('netnewget 0 web 1048576', '0')
  const began = Date.now()
  await answers('run 0 default 0 spin -', /^ETIME/)
  const seconds = (Date.now() - began) / 1000
  assert.ok(seconds >= DEFAULT_BUDGET && seconds < DEFAULT_BUDGET + 5 * SLOWNESS, `${seconds} s`)
  await answers('putstate 0 1', '1')
  await answers('close web', '0')
})
