-- SPDX-License-Identifier: MIT
-- Recursion: coroutines by resume.
--
-- ends: ECANCELED
-- budget: 10 s
local function f() local ok, why = coroutine.resume(coroutine.create(f)) error(why, 0) end f()
