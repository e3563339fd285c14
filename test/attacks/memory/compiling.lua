-- SPDX-License-Identifier: MIT
-- Compiling.
--
-- ends: ECANCELED not enough memory
-- budget: 20 s
-- maxalloc: 64K, 1M
local t = {} while true do t[#t + 1] = load("local a = " .. ("1 + "):rep(1000) .. "1 return function() return a end") end
