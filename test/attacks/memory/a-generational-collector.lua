-- SPDX-License-Identifier: MIT
-- The same in the other mode.
--
-- ends: ECANCELED not enough memory
-- budget: 20 s
-- maxalloc: 64K, 1M
collectgarbage("generational", 100, 1000)
local t = {}
while true do
  t[#t + 1] = { t[#t], ("x"):rep(50) .. #t }
  if #t % 1000 == 0 then
    collectgarbage(#t % 2000 == 0 and "generational" or "incremental")
  end
end
