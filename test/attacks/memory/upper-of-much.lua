-- SPDX-License-Identifier: MIT
-- Upper of much.
--
-- ends: ECANCELED not enough memory
-- budget: 20 s
-- maxalloc: 64K, 1M
local t = {} local s = ("x"):rep(200000) while true do t[#t + 1] = s:upper() .. #t end
