-- SPDX-License-Identifier: MIT
-- Coroutines that wait.
--
-- ends: ECANCELED not enough memory
-- budget: 20 s
-- maxalloc: 64K, 1M
local t = {} for i = 1, math.huge do t[i] = coroutine.wrap(function() coroutine.yield() end) t[i]() end
