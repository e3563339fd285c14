-- SPDX-License-Identifier: MIT
-- debug.getinfo goes through its options one by one, and several times.
--
-- ends: ETIME
-- budget: 3 s
-- maxalloc: 64M
local options = ("S"):rep(4 << 20)
while true do
  debug.getinfo(1, options)
end
