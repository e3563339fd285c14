-- SPDX-License-Identifier: MIT
-- Recursion: load in a load reader.
--
-- ends: ECANCELED
-- budget: 10 s
local function f() load(f) error("deep") end f()
