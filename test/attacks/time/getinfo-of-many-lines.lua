-- SPDX-License-Identifier: MIT
-- debug.getinfo makes a table of the lines of a function that has many.
--
-- ends: ETIME
-- budget: 5 s
-- maxalloc: 64M
local f = load(("x = 1\n"):rep(50000))
while true do
  debug.getinfo(f, "L")
end
