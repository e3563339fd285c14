-- SPDX-License-Identifier: MIT
-- Recursion: traceback in deep recursion.
--
-- ends: ECANCELED
-- budget: 10 s
local function f(n) if n == 0 then error(debug.traceback(), 0) end return f(n - 1) + 1 end f(180)
