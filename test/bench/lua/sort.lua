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

local check = 0
for _ = 1, 3 do
  local list = shuffled(10000)
  table.sort(list)
  check = check + list[5000]
  list = shuffled(5000)
  table.sort(list, function(a, b) return a > b end)
  check = check + list[2500]
end
return check
