-- SPDX-License-Identifier: MIT
-- And for which it looks at keys that all belong to one place of their table.
--
-- ends: well
-- budget: 20 s
-- maxalloc: 1M
-- keeps: memory
t = {}
for i = 1, 1 << 11 do
  t[i * ((1 << 11) - 1)] = i
end
-- then --
local t, x = t
for i = 1, 300 do
  x = t[(1 << 50) * ((1 << 11) - 1)]
end
return x
