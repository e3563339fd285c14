-- SPDX-License-Identifier: MIT
-- Recursion: coroutines closed by coroutines.
--
-- ends: ECANCELED
-- budget: 10 s
local function f() local co = coroutine.create(function() local g <close> = setmetatable({}, {__close = f}) coroutine.yield() end)
  coroutine.resume(co) coroutine.close(co) error("deep") end f()
