-- SPDX-License-Identifier: MIT
-- Recursion: pcall.
--
-- ends: ECANCELED | ETIME
-- budget: 1 s
local function f() return pcall(f) end f() local function g() local ok, why = pcall(g) error(why, 0) end g()
