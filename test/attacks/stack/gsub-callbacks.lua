-- SPDX-License-Identifier: MIT
-- Recursion: gsub callbacks.
--
-- ends: ECANCELED | ETIME
-- budget: 1 s
local function f() ("x"):gsub("x", f) error("deep") end f()
