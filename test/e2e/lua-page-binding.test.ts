// SPDX-License-Identifier: MIT
// Pages in lua5.4: what scripts find there and in a state, too (page-script.lua), and what there is only here. That the module
// can be unloaded at the end says that no subscription was left behind.

import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { pages } from '../../native/addon/index.ts'
import { behaviour, run, SLOWNESS } from './guest.ts'
import { kstateLoaded } from './kstate.ts'
import { LUA, LUA_ENV, scriptsBehind } from './lua54.ts'

const SCRIPT = 'test/e2e/page-script.lua'
const FILE = '/tmp/lua-page'
const WRITERS = 4
const UPDATES = 500

/** What each script starts with, and how a failure looks. */
const PROLOGUE = `
  local page = require "page"
  local function failed(code, words, ...)
    local got = table.pack(...)
    assert(got.n == 3 and got[1] == nil and got[3] == code and got[2]:find(words, 1, true), tostring(got[2]) .. " " .. tostring(got[3]))
  end
  `

const { printed } = scriptsBehind(PROLOGUE)

kstateLoaded()

behaviour('a script that is for states in the kernel, too, finds what it expects', async () => {
  assert.equal(await printed(`print(assert(loadfile("${SCRIPT}"))())`), 'ok\n')
  assert.deepEqual(await pages.list(), [])
})

behaviour('updates of several processes at once lose nothing, and their views are whole', async (place) => {
  const page = await pages.open('page')
  place.afterwards(() => { page.close() })
  const writers = Array.from({ length: WRITERS }, () => printed(`
    local p = assert(page.open "page")
    for i = 1, ${UPDATES} do
      assert(p:update(function(view)
        local count = view:getu64(0) + 1
        for offset = 0, 4088, 8 do view:setu64(offset, count) end
      end, math.maxinteger))
      local view = p:read()
      assert(view:getu64(0) == view:getu64(4088))
    end`))
  await Promise.all(writers)
  const { version, view } = page.read()
  assert.deepEqual([version, view.getBigUint64(4088, true)], [WRITERS * UPDATES, BigInt(WRITERS * UPDATES)])
})

behaviour('changes are told by a descriptor, and acknowledged; with a rate no more often, and the last in the end', async () => {
  const interval = 0.2 * SLOWNESS
  const output = await printed(`
    local uv = require "luv"
    local p, writer = assert(page.open("page")), assert(page.open("page"))
    local function set(value) return assert(writer:update(function(view) view:setu32(0, value) end)) end
    failed("EAGAIN", "page: there is nothing new", p:acknowledge())
    set(1)
    assert(p:acknowledge() == 1)
    failed("EAGAIN", "", p:acknowledge())
    failed("EINVAL", "at least once a day", p:setrate(86401))
    failed("EINVAL", "at least once a day", p:setrate(math.huge))
    for _, seconds in ipairs { -1, 0/0, {} } do assert(not pcall(p.setrate, p, seconds)) end
    assert(p:setrate(${interval}))
    local shown = (p:read()):getu32(0)
    local told, last = 0, 0
    local poll = uv.new_poll(p:getfd())
    poll:start("r", function(failure)
      assert(not failure, failure)
      last = assert(p:acknowledge())
      assert((p:read()):getu32(0) >= last)
      told = told + 1
      if last == 200 then uv.stop() end
    end)
    local timer = uv.new_timer()
    timer:start(0, ${Math.round(interval * 25)}, function()
      local value = writer:version() + 1
      set(value)
      if value == 200 then timer:stop() end
    end)
    uv.run()
    assert(told >= 3 and told < 100, told .. " were told")
    assert(p:setrate(0))
    set(7)
    print((p:read()):getu32(0), last)`)
  assert.equal(output, '7\t200\n')
})

behaviour('a page is kept in a file, and begins as what is there', async (place) => {
  rmSync(FILE, { force: true })
  place.afterwards(() => { rmSync(FILE, { force: true }) })
  const output = await printed(`
    local p = assert(page.open "page")
    failed("EINVAL", "page: the page is kept in no file", p:sync())
    assert(p:persist "${FILE}" and p:persist "${FILE}")
    failed("EEXIST", "page: the page is kept in another file", p:persist "${FILE}.other")
    os.remove "${FILE}.other"
    local version = p:update(function(view) view:setbytes(0, "kept") end)
    assert(p:sync(version) and p:sync())
    failed("EINVAL", "page: the page is kept in no file, or never had that version", p:sync(version + 1))
    failed("EINVAL", "", p:sync(-1))
    local other <close> = assert(page.open "other")
    failed("EBUSY", "other: another page is kept in the file", other:persist "${FILE}")
    failed("EINVAL", "other: a page is kept in a regular file", other:persist "/dev/null")
    failed("ENOENT", "other: No such file or directory", other:persist "/tmp/no/such")
    failed("ENOENT", "other: No such file or directory", other:persist "/tmp/a\\0b")
    assert(not pcall(other.persist, other))
    failed("EACCES", "", assert(page.open("page", "r")):persist "${FILE}")
    collectgarbage()
    assert(p:delete() and p:close())
    p = assert(page.open "page")
    assert(p:persist "${FILE}")
    local view, version = p:read()
    print(view:getbytes(0, 4), version)
    assert(p:delete() and other:delete())
    failed("EIDRM", "other: the page was deleted", other:persist "${FILE}.other")
    os.remove "${FILE}.other"`)
  assert.equal(output, 'kept\t1\n')
})

behaviour('pages that a script drops are collected, also where descriptors run out; what it closes is closed at once', async () => {
  const output = await printed(`
    local function subscribers() -- that are others
      local p <close> = assert(page.open "page")
      local ok, _, code = p:delete()
      return ok and 0 or code
    end
    local first = assert(page.open "page")
    for i = 1, 5000 do assert(page.open "page") end
    for i = 1, 100 do
      local ok = pcall(function()
        local q <close> = assert(page.open "page")
        q:update(function(view) view:setu8(0, 1) error("aborted") end)
      end)
      assert(not ok)
    end
    for i = 1, 100 do coroutine.wrap(function() assert(page.open "page"):update(coroutine.yield) end)() end
    collectgarbage()
    collectgarbage()
    assert(subscribers() == "EBUSY")
    first:close()
    print(subscribers())`, 'prlimit', '--nofile=64')
  assert.equal(output, '0\n')
})

behaviour('finalizers and closing variables may use pages, and the end of the script closes all', async () => {
  const output = await printed(`
    last = setmetatable({}, { __gc = function() print(pcall(function() return p:update(function(view) view:setu8(0, 9) end) end)) end })
    p = assert(page.open "page")
    kept = assert(page.open "page")
    q = coroutine.create(function() kept:update(coroutine.yield) end)
    coroutine.resume(q)
    local closing <close> = setmetatable({}, { __close = function() print(p:version()) end })
    p:update(function(view) local inner <close> = view view:setu8(0, 1) end)`)
  // Objects are finalized in the order opposite to that in which they were marked.
  assert.match(output, /^1\n(true\t2|true\tnil\tpage: the page is closed\tEBADF)\n$/)
  assert.deepEqual(await pages.list(), [])
})

behaviour('who may not is told so, and without the module how to go on', async (place) => {
  const page = await pages.open('page')
  place.afterwards(() => { page.close() })
  await printed(`
    failed("EACCES", "page: its owner and mode, or those of /dev/kstate, do not permit that", page.open "page")`,
    'setpriv', '--reuid=1000', '--regid=1000', '--clear-groups', '--')
  const { stdout } = await run(['unshare', '-m', 'sh', '-c', `mount -t tmpfs none /dev && exec ${LUA} -e 'print(require "page".open "page")'`], { env: LUA_ENV })
  assert.equal(stdout, 'nil\tpage: the module kstate is not loaded\tENODEV\n')
})
