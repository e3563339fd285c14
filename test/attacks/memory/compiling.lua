-- SPDX-License-Identifier: MIT
-- Compiling. What does not compile for want of memory is told, and not thrown.
--
-- ends: ECANCELED not enough memory
-- budget: 60 s
-- maxalloc: 64K, 1M
local t = {} while true do t[#t + 1] = assert(load("local a = " .. ("1 + "):rep(1000) .. "1 return function() return a end")) end
