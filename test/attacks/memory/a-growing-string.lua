-- SPDX-License-Identifier: MIT
-- A growing string.
--
-- ends: ECANCELED not enough memory
-- budget: 20 s
-- maxalloc: 64K, 1M
local s = "" while true do s = s .. ("x"):rep(1000) end
