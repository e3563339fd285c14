-- SPDX-License-Identifier: MIT
-- Recursion: gsub callbacks that return.
--
-- ends: ECANCELED
-- budget: 10 s
local function f() return (("x"):gsub("x", f)) end f()
