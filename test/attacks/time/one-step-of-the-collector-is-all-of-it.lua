-- SPDX-License-Identifier: MIT
-- A collector that is told to do everything at every step, and to begin again at once.
--
-- ends: ETIME
-- budget: 2 s
-- by: budget, client, namespace
-- maxalloc: 64M
collectgarbage("incremental", 0, 1000, 60)
local t = {}
for i = 1, 50000 do
  t[i] = function() return i end
end
while true do
  t[1] = {}
end
