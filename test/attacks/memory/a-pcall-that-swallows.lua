-- SPDX-License-Identifier: MIT
-- A pcall that swallows.
--
-- ends: ECANCELED not enough memory
-- budget: 20 s
-- maxalloc: 64K, 1M
local t = {} for i = 1, 100 do pcall(function() while true do t[#t + 1] = {} end end) end error("not enough memory", 0)
