-- SPDX-License-Identifier: MIT
-- Recursion: xpcall.
--
-- ends: ECANCELED | ETIME
-- budget: 1 s
local function f() xpcall(f, f) error("deep") end f()
