-- SPDX-License-Identifier: MIT
-- Thousands of closures in a row, each with the same two hundred variables, which are looked for along a list; and nothing
-- else is done that comes by the hook.
--
-- ends: ETIME | well
-- maxalloc: 64M
-- keeps: memory
local names = {}
for i = 1, 197 do names[i] = "x" .. i end
names = table.concat(names, ",")
local one = "made = function() return " .. names .. " end\n"
local some, pieces = one:rep(50), 0
make = assert(load(function()
  pieces = pieces + 1
  if pieces == 1 then return "local made local " .. names .. "\n" .. one end
  return pieces <= 80 and some or nil
end))
collectgarbage()
collectgarbage("setpause", 1000)
collectgarbage()
-- then --
make()
