-- SPDX-License-Identifier: MIT
-- By Lua's own order, and by a function.
local seed = 42
local function random()
  seed = (seed * 1103515245 + 12345) & 0x7fffffff
  return seed
end

local function shuffled(size)
  local list = {}
  for i = 1, size do list[i] = random() end
  return list
end

local up = shuffled(10000)
table.sort(up)
local down = shuffled(5000)
table.sort(down, function(a, b) return a > b end)
return up[5000] + down[2500]
