// SPDX-License-Identifier: MIT
// The Lua binding: scripts of lua5.4 that use states, on the real module; what goes wrong around them, and what they leave.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { behaviour, eventually, failureOf, lunatikctl, MODULE, outputOf, run, SLOWNESS, TEST_MS, type Ended, type Place } from './guest.ts'
import { LUA, LUA_ENV, scriptsBehind } from './lua54.ts'

/** What each script starts with: a session, and how a failure looks. */
const PROLOGUE = `
  local lunatik = require "lunatik"
  local session = assert(lunatik.session())
  local function failed(code, words, ...)
    local got = table.pack(...)
    assert(got[1] == nil and got[3] == code and got[2]:find(words, 1, true), tostring(got[2]) .. " " .. tostring(got[3]))
  end
  `

const { started, printed } = scriptsBehind(PROLOGUE)

/** A state that the script finds there. */
async function given(place: Place): Promise<string> {
  const name = await place.newState()
  return `local state = assert(session:getstate("${name}")) `
}

/** It is nobody's: nothing of a process is left but what its script has made. */
async function free(place: Place, name: string): Promise<void> {
  await eventually(`${name} is free`, async () => (await place.session.show(name)).inuse === null)
  const { users } = await place.session.show(name)
  assert.equal(users, 1)
  assert.equal((await place.session.info()).sessions, 0)
}

behaviour('constants are what the module says of itself', async ({ session }) => {
  const { maxalloc, statesMax, dataMax, nameMax, chunkNameMax } = await session.info()
  const output = await printed('print(lunatik.defaultmaxallocbytes, lunatik.maxstates, lunatik.datamaxsize, lunatik.statenamemaxsize, lunatik.scriptnamemaxsize)')
  assert.equal(output, `${[maxalloc, statesMax, dataMax, nameMax, chunkNameMax - 1].join('\t')}\n`)
})

behaviour('a state is made, listed, run, talked to and closed', async (place) => {
  const output = await printed(`
    local state = assert(session:newstate("web", 128 * 1024))
    assert(state:getname() == "web" and state:getmaxalloc() == 131072 and state:getcurralloc() > 10000)
    local listed = session:list()
    assert(#listed == 1 and listed[1].name == "web" and listed[1].max_alloc == 131072 and listed[1].maxalloc == 131072)
    assert(listed[1].current_alloc == state:getcurralloc() and listed[1].curralloc == listed[1].current_alloc)
    local ok, seven, text, list = state:dostring("return 7 / 2, 'a\\\\0b', { 1, { x = math.mininteger } }", "=given")
    assert(ok and seven == 3.5 and text == "a\\0b" and list[1] == 1 and list[2].x == math.mininteger)
    assert(state:dostring("function receive_callback(data) lunatik.send(data:upper()) return #data, data end"))
    local all = {}
    for i = 0, 255 do all[#all + 1] = string.char(i) end
    all = table.concat(all)
    local ok, size, back = state:send(all)
    assert(ok and size == 256 and back == all)
    assert(state:receive() == all:upper())
    failed("EMSGSIZE", "at most 32768 bytes", state:send(("x"):rep(32769)))
    assert(state:send(("x"):rep(32768)))
    assert(#state:receive() == 32768)
    assert(state:close())
    assert(#session:list() == 0)
    failed("ENOENT", "no such state", session:getstate("web"))
    print("done", session:close())`)
  assert.equal(output, 'done\ttrue\n')
  assert.deepEqual(await place.session.list(), [])
})

behaviour('what a chunk prints comes in line with what the script prints, while it runs', async (place) => {
  const program = started(`${await given(place)}
    print("before")
    state:dostring("print('inside', 1) local t = os.time() while os.time() < t + 2 do end print('\\\\0')", nil, 60)
    print("after")`)
  await program.printed('before\ninside\t1\n')
  assert.equal(program.output, 'before\ninside\t1\n')
  const { stdout } = await program.ended
  assert.equal(stdout, 'before\ninside\t1\n\0\nafter\n')
})

behaviour('a script that fails in the kernel is told as pcall would: words, traceback, value; the state lives on', async (place) => {
  await printed(`${await given(place)}
    failed("ENOEXEC", "given:1: ", state:dostring("x x", "=given"))
    failed("ECANCELED", "given:1: oops\\nstack traceback:", state:dostring("error 'oops'", "=given"))
    local _, _, code, value = state:dostring("error { 7 }")
    assert(code == "ECANCELED" and value[1] == 7)
    failed("ECANCELED", "not enough memory", state:dostring("local t = {} while true do t[#t + 1] = ('x'):rep(1000) .. #t end", nil, 60))
    failed("ETIME", "time budget is over", state:dostring("while true do end", nil, 0.1))
    failed("ECANCELED", "no function receive_callback", state:send("x"))
    failed("EINVAL", "zero bytes", state:dostring("", "a\\0b"))
    failed("EINVAL", "", state:dostring("", ("x"):rep(lunatik.scriptnamemaxsize + 1)))
    failed("ECANCELED", ("x"):rep(50), state:dostring("error 'oops'", ("x"):rep(lunatik.scriptnamemaxsize)))
    failed("ECANCELED", "plain:1: oops", state:dostring("error 'oops'", "plain"))
    local big = assert(session:newstate("big", 8 * 1024 * 1024))
    local long = "return #'" .. ("x"):rep(1024 * 1024 - 10) .. "'"
    assert(select(2, big:dostring(long)) == 1024 * 1024 - 10)
    failed("EMSGSIZE", "at most 1048576 bytes", big:dostring(long .. " "))
    failed("EMSGSIZE", "more was printed or returned", big:dostring("return ('x'):rep(600000), ('y'):rep(600000)"))
    assert(big:close())
    assert(select(2, state:dostring("return 1")) == 1)`)
})

behaviour('a handle is exclusive among sessions of one script and of others, and goes with put, collection and session', async (place) => {
  const name = await place.newState()
  const { session } = place
  await printed(`
    local other = assert(lunatik.session())
    local state = assert(other:getstate("${name}"))
    failed("EBUSY", "state is in use", session:getstate("${name}"))
    failed("EBUSY", "holds the state already", other:getstate("${name}"))
    assert(state:put())
    state = assert(session:getstate("${name}"))
    failed("EBUSY", "state is in use", other:getstate("${name}"))
    state = nil
    collectgarbage()
    state = assert(other:getstate("${name}"))
    assert(other:close())
    do local short <close> = assert(session:getstate("${name}")) end
    assert(session:getstate("${name}"))`)
  await free(place, name)
  const holder = started(`local state = assert(session:getstate("${name}")) print("held") io.flush() io.read()`)
  // Its input has ended, so it comes to its end by itself.
  await holder.ended
  await free(place, name)
  const killed = started(`local state = assert(session:getstate("${name}")) print("held") io.flush() state:receive()`)
  await killed.printed('held')
  assert.equal((await failureOf(session.run(name, 'return 1')))?.code, 'EBUSY')
  killed.kill('SIGKILL')
  await killed.ended
  await free(place, name)
})

behaviour('a state whose session was closed is closed by its name, once', async () => {
  await printed(`
    local state = assert(session:newstate("web"))
    assert(session:close())
    assert(state:getname() == "web")
    failed("EBADF", "the session is closed", state:dostring("return 1"))
    assert(state:close())
    failed("EBADF", "the state is closed", state:close())`)
})

behaviour('a state that somebody else closes is told, also while it is received from; its successor is another', async (place) => {
  const { session } = place
  await session.newState('web', { handle: false })
  const program = started('local state = session:getstate("web") failed("ETIMEDOUT", "no message came", state:receive(0)) print("waits") io.flush() failed("ENOENT", "the state is closed", state:receive()) failed("ENOENT", "no such state", state:dostring("")) failed("ENOENT", "no such state", state:close()) local new = assert(session:newstate("web")) failed("EBADF", "the state is closed", state:dostring("")) state = nil collectgarbage() assert(new:dostring("")) assert(new:close())')
  await program.printed('waits')
  await session.putState('web', { force: true })
  await session.closeState('web')
  const { status, stderr } = await program.ended
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' })
})

behaviour('a receiver that does not take is told afterwards how many messages were lost, and goes on', async (place) => {
  await printed(`${await given(place)}
    assert(state:dostring("for i = 1, 10 do lunatik.send('first ' .. i) end"))
    for i = 1, 10 do
      local data, lost = state:receive()
      assert(data == "first " .. i and lost == 0)
    end
    local _, sent = state:dostring("local sent = 0 for i = 1, 300 do if lunatik.send(('x'):rep(1024)) then sent = sent + 1 end end return sent", nil, 60)
    assert(sent == 256)
    for i = 1, sent do
      local data, lost = state:receive()
      assert(#data == 1024 and lost == 0)
    end
    failed("ETIMEDOUT", "no message came", state:receive(0))
    assert(state:dostring("lunatik.send('after')"))
    local data, lost = state:receive()
    assert(data == "after" and lost == 300 - sent)`)
})

const WAIT = 'print("runs") state:receive()'

for (const [what, wait] of Object.entries({ 'a chunk that would not end': 'state:dostring("print(\'runs\') while true do end", nil, 0)', 'a wait for a message': WAIT, 'such a chunk in a coroutine': 'print("runs") coroutine.wrap(function() state:dostring("print(\'runs\') while true do end", nil, 0) end)()' })) {
  behaviour(`Ctrl-C ends ${what}, as it ends any Lua`, async (place) => {
    const name = await place.newState()
    const program = started(`io.stdout:setvbuf("no") local state = assert(session:getstate("${name}")) ${wait} for _ = 1, 1000 do end print("not here")`)
    await program.printed('runs')
    // Lua's interpreter looks for the signal before it calls a function, and not between that and the function's wait.
    if (wait === WAIT) await eventually('it waits', async () => (await readFile(`/proc/${program.pid}/wchan`, 'latin1')).includes('poll'))
    program.kill('SIGINT')
    const { status, signal, stdout, stderr } = await program.ended
    assert.deepEqual([status, signal], [1, null])
    assert.match(stderr, /interrupted!/)
    assert.ok(!stdout.includes('not here'))
    await free(place, name)
    assert.deepEqual((await place.session.run(name, 'return 1')).values, [1])
  })
}

behaviour('without descriptors a call fails, and once there are some the session is as good as before', async (place) => {
  await printed(`${await given(place)}
    assert(state:dostring("return 1"))
    local files = {}
    for i = 1, 100 do files[i] = io.open("/dev/null") end
    failed("EMFILE", "", lunatik.session())
    failed("EMFILE", "", state:receive(0))
    failed("EMFILE", "", state:getfd())
    local other = assert(session:newstate("other"))
    assert(other:close())
    assert(select(2, state:dostring("return 1")) == 1)
    for _, file in pairs(files) do file:close() end
    assert(math.type(state:getfd()) == "integer")
    failed("ETIMEDOUT", "no message came", state:receive(0))
    assert(lunatik.session()):close()`, 'prlimit', '--nofile=24')
})

behaviour('thousands of sessions, states and receivers leave no descriptor, no handle and no memory', async (place) => {
  const name = await place.newState()
  const rounds = 1000
  await printed(`
    local function resident()
      for line in io.lines("/proc/self/status") do
        local kib = line:match("^VmRSS:%s+(%d+)")
        if kib then return tonumber(kib) end
      end
    end
    local function descriptor()
      local file = io.open("/dev/null")
      local number = tostring(file)
      file:close()
      return number
    end
    local before
    for round = 1, ${rounds} do
      local session = assert(lunatik.session())
      local state = assert(session:getstate("${name}"))
      state:dostring("return ('x'):rep(10000), 1, { 2 }")
      if round % 3 == 0 then state:receive(0) end
      if round % 2 == 0 then session:close() end
      if round % 2 == 1 then state:put() end
      state = nil
      if round == ${rounds / 2} then collectgarbage() before = resident() end
    end
    collectgarbage()
    assert(resident() < before + 1024, resident() .. " KiB after " .. before)
    for line in io.popen("ls /proc/" .. io.open("/proc/self/stat"):read("n") .. "/fd"):lines() do
      assert(tonumber(line) < 12, "descriptor " .. line)
    end`)
  await free(place, name)
})

behaviour('an event loop polls several states by their descriptors, and misses nothing', async () => {
  const output = await printed(`
    local uv = require "luv"
    local seen, states, total = {}, {}, 0
    for i = 1, 3 do
      local state = assert(session:newstate("loop" .. i))
      states[i], seen[i] = state, 0
      assert(state:dostring("function burst(n) for i = 1, n do sent = (sent or 0) + 1 assert(lunatik.send(tostring(sent))) end end burst(5)"))
      local poll = uv.new_poll(state:getfd())
      local function take()
        local data, lost, code = state:receive(0)
        while data do
          seen[i], total = seen[i] + 1, total + 1
          assert(tonumber(data) == seen[i] and lost == 0)
          data, lost, code = state:receive(0)
        end
        assert(code == "ETIMEDOUT", lost)
      end
      take()
      poll:start("r", function(failure) assert(not failure, failure) take() end)
    end
    local timer, rounds = uv.new_timer(), 0
    timer:start(0, 5, function()
      rounds = rounds + 1
      for i, state in ipairs(states) do assert(state:dostring("burst(" .. (rounds * i) % 7 .. ")")) end
      if rounds == 40 then timer:stop() timer:close() end
    end)
    local last = uv.new_timer()
    last:start(50, 50, function() if rounds == 40 then uv.stop() end end)
    uv.run()
    for i, state in ipairs(states) do
      local _, sent = state:dostring("return sent")
      assert(seen[i] == sent, "saw " .. seen[i] .. " of " .. sent)
      state:close()
    end
    print(total > 100)`)
  assert.equal(output, 'true\n')
})

behaviour('without the privilege a session opens, and every operation is refused', async (place) => {
  const name = await place.newState()
  await printed(`
    failed("EPERM", "", session:list())
    failed("EPERM", "", session:newstate("web"))
    failed("EPERM", "", session:getstate("${name}"))
    assert(lunatik.maxstates > 0 and session:close())`, 'setpriv', '--bounding-set=-net_admin', '--inh-caps=-net_admin', '--')
})

void test('without the module constants are what they are by default, and a session is refused with how to go on', { timeout: TEST_MS }, async () => {
  await eventually('the module can be unloaded', async () => (await run(['rmmod', 'lunatik'])).status === 0)
  let ended: Ended
  try {
    ended = await run([LUA, '-e', 'local l = require "lunatik" print(l.defaultmaxallocbytes, l.maxstates, l.datamaxsize, l.session())'], { env: LUA_ENV })
  } finally {
    await outputOf('insmod', MODULE)
    if (SLOWNESS !== 1) await outputOf('sh', '-c', 'echo 6000 >/sys/module/lunatik/parameters/budget')
  }
  assert.deepEqual(ended, { status: 0, signal: null, stdout: '1048576\t65536\t32768\tnil\tthe module lunatik is not loaded\tEPROTONOSUPPORT\n', stderr: '' })
  assert.equal((await lunatikctl(['list', '-o', 'name'])).stdout, '')
})
