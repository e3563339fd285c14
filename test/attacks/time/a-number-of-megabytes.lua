-- SPDX-License-Identifier: MIT
-- Compiles a number of millions of digits, and is told which one it was.
--
-- ends: ETIME
-- budget: 3 s
-- maxalloc: 64M
local text = "return 0x" .. ("f"):rep(2 << 20) .. "g"
while true do
  load(text)
end
