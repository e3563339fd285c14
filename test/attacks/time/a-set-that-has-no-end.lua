-- SPDX-License-Identifier: MIT
-- The end of the set is looked for, and there is none.
--
-- ends: ETIME
-- budget: 3 s
-- maxalloc: 64M
local set = "[" .. ("%b"):rep(2 << 20)
while true do
  pcall(string.find, "a", set)
end
