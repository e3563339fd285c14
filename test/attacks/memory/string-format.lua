-- SPDX-License-Identifier: MIT
-- String.format.
--
-- ends: ECANCELED not enough memory
-- budget: 20 s
-- maxalloc: 64K, 1M
local s = ("x"):rep(300000) return s .. string.format("%s%s%s%s", s, s, s, s)
