-- SPDX-License-Identifier: MIT
-- Time is over while string.rep writes to a buffer of half the state. There has to be as much the next time.
--
-- ends: ETIME
-- budget: 300 ms
-- maxalloc: 64M
while true do
  pcall(string.rep, "ab", 6 << 20)
end
