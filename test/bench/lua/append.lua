-- SPDX-License-Identifier: MIT
-- Arrays that grow.
local total = 0
for _ = 1, 10 do
  local list = {}
  for i = 1, 15000 do list[#list + 1] = i end
  total = total + #list
end
return total
