-- SPDX-License-Identifier: MIT
-- Recursion: iterators.
--
-- ends: ECANCELED
-- budget: 10 s
local function f() for _ in f do end error("deep") end for _ in f do end
