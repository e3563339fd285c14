-- SPDX-License-Identifier: MIT
-- Compiles nothing but spaces.
--
-- ends: ETIME
-- budget: 3 s
-- maxalloc: 64M
local text = (" "):rep(4 << 20)
while true do
  load(text)
end
