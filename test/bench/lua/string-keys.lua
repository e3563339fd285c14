-- SPDX-License-Identifier: MIT
-- Keys that are made, put into a table, and looked up again.
local hits = 0
for round = 1, 2 do
  local table = {}
  for i = 1, 12000 do table["key " .. i * round] = i end
  for i = 1, 24000 do
    if table["key " .. i] then hits = hits + 1 end
  end
end
return hits
