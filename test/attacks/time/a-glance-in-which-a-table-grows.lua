-- SPDX-License-Identifier: MIT
-- And in which a table grows into one where all its keys belong to one place.
--
-- ends: well
-- budget: 20 s
-- maxalloc: 1M
-- keeps: memory
local N = 1 << 11
t = {}
for i = 1, N do
  t[(i + (1 << 20)) * (2 * N - 1)] = i
end
-- then --
local t = t
t[-1] = 1
t[-2] = 2
