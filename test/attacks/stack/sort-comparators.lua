-- SPDX-License-Identifier: MIT
-- Recursion: sort comparators.
--
-- ends: ECANCELED | ETIME
-- budget: 1 s
local function f() table.sort({2, 1}, function() f() return true end) error("deep") end f()
