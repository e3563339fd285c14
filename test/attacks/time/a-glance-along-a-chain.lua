-- SPDX-License-Identifier: MIT
-- And for which it looks along hundreds of tables for what none of them has.
--
-- ends: well
-- budget: 20 s
-- maxalloc: 1M
-- keeps: memory
t = {}
for i = 1, 600 do
  t = setmetatable({}, { __index = t })
end
-- then --
local t, x = t
for i = 1, 300 do
  x = t.x
end
return x
