-- SPDX-License-Identifier: MIT
-- A growing hash.
--
-- ends: ECANCELED not enough memory
-- budget: 20 s
-- maxalloc: 64K, 1M
local t = {} for i = 1, math.huge do t["k" .. i] = i end
