-- SPDX-License-Identifier: MIT
-- Values to return.
--
-- ends: ECANCELED not enough memory
-- budget: 20 s
-- maxalloc: 64K, 1M
local t = {} for i = 1, 60000 do t[i] = {} end return t, t, t, ("x"):rep(1 << 40)
