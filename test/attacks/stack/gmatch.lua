-- SPDX-License-Identifier: MIT
-- Recursion: gmatch.
--
-- ends: ECANCELED
-- budget: 30 s
local function f() for _ in ("x"):gmatch("x") do f() end error("deep") end f()
