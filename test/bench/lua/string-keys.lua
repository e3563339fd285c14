-- SPDX-License-Identifier: MIT
-- Keys that are made, put into a table, and looked up again.
local list = {}
for i = 1, 8000 do list["key " .. i] = i end

local hits = 0
for i = 1, 16000 do
  if list["key " .. i] then hits = hits + 1 end
end
return hits
