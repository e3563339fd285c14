-- SPDX-License-Identifier: MIT
-- Recursion: Lua functions.
--
-- ends: ECANCELED
-- budget: 10 s
local function f() return 1 + f() end f()
