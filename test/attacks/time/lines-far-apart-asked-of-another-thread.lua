-- SPDX-License-Identifier: MIT
-- debug.getinfo makes a table of lines that are so far apart that each has an entry of its own, and is asked of a coroutine
-- that does not run.
--
-- ends: ETIME
-- budget: 6 s
-- maxalloc: 128M
local i, piece = 0, (("\n"):rep(128) .. "x = 1 "):rep(500)
local f = load(function()
  i = i + 1
  if i <= 600 then return piece end
end)
local other = coroutine.create(print)
while true do
  debug.getinfo(other, f, "L")
end
