-- SPDX-License-Identifier: MIT
-- Keeps each coroutine that dies of it, closes it, and asks for its traceback.
--
-- ends: ETIME
local dead = {}
while true do
  local co = coroutine.create(function() pcall(string.rep, "", 1 << 60) while true do end end)
  coroutine.resume(co)
  debug.traceback(co)
  coroutine.close(co)
  dead[#dead + 1] = co
end
