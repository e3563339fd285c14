-- SPDX-License-Identifier: MIT
-- Ephemerons of which each is alive by another, in an order that has the collector find out of few of them at a time: with
-- as many as there is room for that would go on for hours, and not even a signal would end it.
--
-- ends: ETIME
-- budget: 2 s
-- maxalloc: 64M
local N = 60000
local t, objects, weak = {}, {}, { __mode = "k" }
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
local first = objects[0]
objects = nil
while true do
  collectgarbage()
end
