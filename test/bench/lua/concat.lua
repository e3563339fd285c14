-- SPDX-License-Identifier: MIT
-- Strings put together, piece by piece and at once.
local size = 0
for i = 1, 1000 do
  local line = "line"
  for j = 1, 8 do line = line .. i .. ":" .. j .. ";" end
  size = size + #line
end
for _ = 1, 5 do
  local pieces = {}
  for i = 1, 2000 do pieces[i] = "piece " .. i end
  size = size + #table.concat(pieces, ", ")
end
return size
