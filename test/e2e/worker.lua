-- SPDX-License-Identifier: MIT
-- lua5.4 worker.lua SEED OPERATIONS STATE...
--
-- As worker.c, in Lua, where all work on a state takes a handle: handle, upload, message, receive, list, hold, contend, close.

local lunatik = require "lunatik"

local seed = assert(math.tointeger(arg[1]))
math.randomseed(seed)

local states = table.move(arg, 3, #arg, 1, {})
local session = assert(lunatik.session())

-- What others do to the states.
local expected = { EBUSY = true, ENOENT = true, ECANCELED = true, EINTR = true, ETIME = true, ETIMEDOUT = true }

local function checked(result, words, code, ...)
  if result == nil and (not expected[code] or words:find("not exclusive", 1, true)) then
    error(("%s (%s)"):format(words, code), 0)
  end
  return result, words, code, ...
end

-- Nobody else works on the state between two chunks, for whom a handle is held.
local function exclusively(state, work)
  local mine = ("'lua %d'"):format(seed)
  local owned = checked(state:dostring(("owner = %s lunatik.send(owner)"):format(mine)))
  work()
  if owned then checked(state:dostring(("assert(owner == %s, 'not exclusive')"):format(mine))) end
end

local function held(name, work)
  local state = checked(session:getstate(name))
  if not state then return end
  exclusively(state, function() work(state) end)
  if math.random(2) == 1 then checked(state:put()) end
end

local operations = {}

function operations.handle(name)
  held(name, function(state) checked(state:dostring "for i = 1, 20000 do end") end)
end

function operations.upload(name)
  held(name, function(state) checked(state:dostring((" "):rep(150000))) end)
end

function operations.message(name)
  held(name, function(state)
    checked(state:dostring "function receive_callback(data) return #data end")
    checked(state:send(("\0"):rep(20000)))
  end)
end

function operations.receive(name)
  held(name, function(state)
    for _ = 1, 50 do if not checked(state:receive(0)) then break end end
  end)
end

function operations.list()
  assert(#checked(session:list()) > 0)
end

local function say(what, result, _, code)
  io.write(what, " ", result == nil and code or "ok", "\n")
end

function operations.hold(name)
  local state = assert(session:getstate(name))
  assert(state:dostring "held = true")
  print "holds"
  state:receive()
end

function operations.contend(name)
  say("handle", session:getstate(name))
  say("list", session:list())
  os.exit(true, true)
end

function operations.close(name)
  say("close", assert(session:getstate(name)):close())
  os.exit(true, true)
end

local chosen = {}
for name in arg[2]:gmatch "[^,]+" do chosen[#chosen + 1] = assert(operations[name], name) end

io.stdout:setvbuf "line"
print "at work"
while true do chosen[math.random(#chosen)](states[math.random(#states)]) end
