-- SPDX-License-Identifier: MIT
-- Integers that all belong to one place of a table: it is one long chain, walked by each access.
--
-- ends: ETIME
-- budget: 2 s
-- maxalloc: 64M
local t = {}
for i = 1, 1 << 14 do
  t[i * ((1 << 14) - 1)] = i
end
while true do
  local _ = t[(1 << 50) * ((1 << 14) - 1)]
end
