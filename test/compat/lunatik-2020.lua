-- SPDX-License-Identifier: MIT
-- Comes before a test of the Lunatik of 2020, in the same Lua: each state that it makes has what a state had then, and where
-- the module `memory` is not installed, one in Lua stands for it, whose buffers go to the kernel as strings.

local lunatik = require "lunatik"

local file = assert(io.open "examples/lunatik-2020.lua")
local source = file:read "a"
file:close()

local memory
if not pcall(require, "memory") then
  memory = assert(load(source))()
  package.loaded.memory = memory
end

local function take_buffers(State)
  local send = State.send
  function State:send(data) return send(self, memory.type(data) and memory.tostring(data) or data) end
end

local Session = getmetatable(lunatik.session())
local newstate, adapted = Session.newstate, not memory

function Session:newstate(...)
  local state, words, code = newstate(self, ...)
  if not state then return state, words, code end
  if not adapted then take_buffers(getmetatable(state)) adapted = true end
  assert(state:dostring(source, "@lunatik-2020.lua"))
  return state
end
