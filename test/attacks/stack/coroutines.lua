-- SPDX-License-Identifier: MIT
-- Recursion: coroutines.
--
-- ends: ECANCELED
-- budget: 10 s
local function f() coroutine.wrap(f)() error("deep") end f()
