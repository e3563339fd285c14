-- SPDX-License-Identifier: MIT
-- A width of millions of digits for string.format.
--
-- ends: ETIME
-- budget: 3 s
-- maxalloc: 64M
local format = "%" .. ("1"):rep(2 << 20) .. "d"
while true do
  pcall(string.format, format, 1)
end
