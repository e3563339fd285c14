-- SPDX-License-Identifier: MIT
-- Keys that are far apart in a table as large as it is, and all belong to one place of the next larger one: to make it
-- that much larger is one assignment, which nothing ends.
--
-- ends: ETIME
-- budget: 1 s
-- maxalloc: 64M
local BITS = 18
while true do
  local most, t = (1 << BITS) - 1, {}
  for i = 1, (1 << (BITS - 1)) + 1 do t[i * most] = true end
end
