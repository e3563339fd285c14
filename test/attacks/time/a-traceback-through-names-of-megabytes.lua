-- SPDX-License-Identifier: MIT
-- Ends in a deep stack of functions whose chunk's name is megabytes long.
--
-- ends: ETIME
-- budget: 3 s
-- maxalloc: 64M
local name = ("x"):rep(8 << 20)
load([[
  local function f(n)
    if n == 0 then
      while true do debug.traceback() end
    end
    return f(n - 1) + 1
  end
  f(100)
]], name)()
