-- SPDX-License-Identifier: MIT
-- The collector is stopped, slowed down and told to wait; the limit stands.
--
-- ends: ECANCELED not enough memory
-- budget: 20 s
-- maxalloc: 64K, 1M
collectgarbage("stop")
collectgarbage("incremental", 1000, 1, 1)
local t = {}
while true do
  t[#t + 1] = { ("x"):rep(50) .. #t }
end
