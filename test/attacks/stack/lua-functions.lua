-- SPDX-License-Identifier: MIT
-- Recursion: Lua functions.
--
-- ends: ECANCELED
-- budget: 30 s
local function f() return 1 + f() end f()
