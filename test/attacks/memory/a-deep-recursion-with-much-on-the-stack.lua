-- SPDX-License-Identifier: MIT
-- A deep recursion with much on the stack.
--
-- ends: ECANCELED not enough memory
-- budget: 20 s
-- maxalloc: 64K, 1M
local function f(...) return f(1, ...) + 1 end f()
