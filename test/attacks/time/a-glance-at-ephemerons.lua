-- SPDX-License-Identifier: MIT
-- A chain through a table with weak keys, which a short chunk has the collector follow.
--
-- ends: well
-- maxalloc: 1M
-- keeps: memory
weak, first = setmetatable({}, { __mode = "k" }), {}
do
  local key = first
  for _ = 1, 6000 do
    local next = {}
    weak[key] = next
    key = next
  end
end
-- then --
local t = {}
for i = 1, 100 do t[i] = { i, {}, {}, {} } end
