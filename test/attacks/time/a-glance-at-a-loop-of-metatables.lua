-- SPDX-License-Identifier: MIT
-- And in which a table looks into itself, two thousand times, along all of its keys.
--
-- ends: ECANCELED
-- budget: 20 s
-- maxalloc: 1M
-- keeps: memory
local SLOTS <const> = (1 << 11) - 1
t = {}
for i = 1, (1 << 10) + 1 do
  t[((1 << 20) + i) * SLOTS + 1] = true
end
t.__index = t
setmetatable(t, t)
-- then --
return t[(1 << 40) * 2047 + 1]
