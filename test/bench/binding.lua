#!/usr/bin/env lua5.4
-- SPDX-License-Identifier: MIT
--
-- What scripts of lua5.4 do with a state, by the binding. As stopwatch.c, it does OPERATION COUNT of each line of its input, and
-- says how many nanoseconds that took.

package.cpath = arg[0]:match "^(.*)/test/bench/" .. "/build/lua5.4/?.so;" .. package.cpath

local lunatik = require "lunatik"
local uv = require "luv"

local BURST = 64

local session = assert(lunatik.session())
local state = assert(session:newstate "bench-binding")
assert(state:dostring "message = ('x'):rep(1024) function receive_callback() end")
local send_burst = ("for i = 1, %d do lunatik.send(message) end"):format(BURST)
local message = ("\0"):rep(1024)

local operations = {}

operations["getcurralloc"] = function() assert(state:getcurralloc()) end
operations["dostring"] = function() assert(state:dostring "") end

operations["from-state"] = function()
  assert(state:dostring(send_burst))
  for _ = 1, BURST do assert(#assert(state:receive()) == 1024) end
end

operations["to-state"] = function()
  for _ = 1, BURST do assert(state:send(message)) end
end

for line in io.lines() do
  local name, count = line:match "^(%S+) (%d+)$"
  local operation = assert(operations[name], name)
  -- As in C, one before that does not count.
  operation()
  local began = uv.hrtime()
  for _ = 1, tonumber(count) do operation() end
  io.write(uv.hrtime() - began, "\n")
  io.flush()
end

assert(state:close())
