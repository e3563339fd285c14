-- SPDX-License-Identifier: MIT
-- Traceback.
--
-- ends: ETIME
local function f(n) if n == 0 then while true do debug.traceback() end end return f(n - 1) + 1 end f(150)
