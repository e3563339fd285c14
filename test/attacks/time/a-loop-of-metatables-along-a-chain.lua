-- SPDX-License-Identifier: MIT
-- A table that looks into itself for what it does not have, two thousand times, and each time along all of its keys.
--
-- ends: ETIME
-- maxalloc: 64M
-- keeps: memory
local SLOTS <const> = (1 << 18) - 1
t = {}
for i = 1, (1 << 17) + 1 do
  t[((1 << 20) + i) * SLOTS + 1] = true
end
t.__index = t
setmetatable(t, t)
-- then --
while true do
  pcall(function()
    return t[(1 << 40) * ((1 << 18) - 1) + 1]
  end)
end
