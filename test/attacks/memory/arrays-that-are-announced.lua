-- SPDX-License-Identifier: MIT
-- A table whose length lies, and one that grows by keys far apart.
--
-- ends: ECANCELED not enough memory
-- budget: 20 s
-- maxalloc: 64K, 1M
local t = setmetatable({}, { __len = function() return 1 << 60 end })
pcall(table.insert, t, 1)
pcall(table.concat, t)
for i = 0, 62 do
  t[1 << i] = true
end
local n = 1
while true do
  t[n * n] = n
  n = n + 1
end
