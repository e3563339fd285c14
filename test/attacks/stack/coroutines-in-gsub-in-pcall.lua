-- SPDX-License-Identifier: MIT
-- Recursion: coroutines in gsub in pcall.
--
-- ends: ECANCELED | ETIME
-- budget: 1 s
local function f() pcall(string.gsub, "x", "x", coroutine.wrap(f)) error("deep") end f()
