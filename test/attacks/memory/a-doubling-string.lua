-- SPDX-License-Identifier: MIT
-- A doubling string.
--
-- ends: ECANCELED not enough memory
-- budget: 20 s
-- maxalloc: 64K, 1M
local s = "x" while true do s = s .. s end
