-- SPDX-License-Identifier: MIT
-- Closures.
--
-- ends: ECANCELED not enough memory
-- budget: 20 s
-- maxalloc: 64K, 1M
local t = {} for i = 1, math.huge do t[i] = function() return i end end
