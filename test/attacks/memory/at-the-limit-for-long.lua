-- SPDX-License-Identifier: MIT
-- Runs into its limit over and over, and lives there for seconds: by large blocks, by small ones, by strings, in turn.
--
-- ends: ETIME
-- budget: 4 s
-- maxalloc: 64K, 1M
while true do
  local held = {}
  pcall(function() while true do held[#held + 1] = {} end end)
  held = { held }
  pcall(function() while true do held[#held + 1] = ("x"):rep(100) .. #held end end)
  pcall(function() while true do held[#held + 1] = function() return held end end end)
  pcall(function() while true do held[#held + 1] = coroutine.create(print) end end)
  pcall(string.rep, "x", lunatik.maxalloc() // 2)
  held = nil
  pcall(load, ("x = 1 "):rep(1000))
  held = nil
end
