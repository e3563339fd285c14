-- SPDX-License-Identifier: MIT
-- To name what an error was about, all instructions before it are gone through.
--
-- ends: ETIME
-- budget: 5 s
-- maxalloc: 64M
local f = load("goto last " .. ("x = 1 "):rep(50000) .. "::last:: local a = nil; a.b = 1")
while true do
  pcall(f)
end
