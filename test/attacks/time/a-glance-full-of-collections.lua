-- SPDX-License-Identifier: MIT
-- A short chunk begins while its caller holds locks that others want. Each table that it makes has the whole state
-- collected, since the chunk before has the collector do everything at every step.
--
-- ends: well
-- budget: 20 s
-- maxalloc: 1M
-- keeps: memory
collectgarbage("incremental", 0, 1000, 60)
kept = {}
for i = 1, 1000 do
  kept[i] = {}
end
-- then --
local x
for i = 1, 900 do
  x = {}
end
