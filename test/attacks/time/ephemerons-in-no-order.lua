-- SPDX-License-Identifier: MIT
-- A chain through a table with weak keys: each key is the value of the one before. The collector goes over all of the table
-- for each that lies before the one that leads to it, and nothing ends that.
--
-- ends: ETIME
-- budget: 1 s
-- maxalloc: 64M
local weak, first = setmetatable({}, { __mode = "k" }), {}
local key = first
for _ = 1, 60000 do
  local next = {}
  weak[key] = next
  key = next
end
key = nil
while true do collectgarbage() end
