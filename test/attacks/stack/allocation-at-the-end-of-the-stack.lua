-- SPDX-License-Identifier: MIT
-- Memory is asked for, and collected, where the least is left.
--
-- ends: ECANCELED | ETIME
-- budget: 2 s
local function deeper()
  local s = ("x"):rep(200000)
  collectgarbage()
  pcall(string.gsub, "x", "x", deeper)
  s = s .. s
  error("deep")
end
deeper()
