-- SPDX-License-Identifier: MIT
-- Table.concat.
--
-- ends: ECANCELED not enough memory
-- budget: 20 s
-- maxalloc: 64K, 1M
local t = {} for i = 1, 1000 do t[i] = ("x"):rep(10000) end return table.concat(t)
