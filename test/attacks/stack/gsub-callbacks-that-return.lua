-- SPDX-License-Identifier: MIT
-- Recursion: gsub callbacks that return.
--
-- ends: ECANCELED
-- budget: 1 s
local function f() return (("x"):gsub("x", f)) end f()
