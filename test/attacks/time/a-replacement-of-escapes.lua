-- SPDX-License-Identifier: MIT
-- A replacement that is nothing but escaped percent signs.
--
-- ends: ETIME
-- budget: 3 s
-- maxalloc: 64M
local replacement = ("%%"):rep(2 << 20)
while true do
  ("x"):gsub("x", replacement)
end
