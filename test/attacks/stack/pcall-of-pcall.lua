-- SPDX-License-Identifier: MIT
-- Recursion: pcall of pcall.
--
-- ends: ECANCELED | ETIME
-- budget: 1 s
local args = {} for i = 1, 200 do args[i] = pcall end pcall(table.unpack(args)) local function f() pcall(f) error("deep") end f()
