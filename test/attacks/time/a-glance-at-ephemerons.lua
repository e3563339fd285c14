-- SPDX-License-Identifier: MIT
-- And for which its collector has to find out which ephemerons of many are alive by which.
--
-- ends: well
-- budget: 20 s
-- maxalloc: 1M
-- keeps: memory
collectgarbage("incremental", 0, 1000, 60)
local N = 450
local objects, weak = {}, { __mode = "k" }
t = {}
for i = 0, N do
  objects[i] = {}
  t[i] = i
end
for i = N, 2, -1 do
  local j = math.random(i)
  t[i], t[j] = t[j], t[i]
end
for i = 1, N do
  t[i] = setmetatable({ [objects[t[i] - 1]] = objects[t[i]] }, weak)
end
first = objects[0]
-- then --
local x
for i = 1, 4 do
  x = {}
end
