-- SPDX-License-Identifier: MIT
-- Recursion: table.insert by __newindex.
--
-- ends: ECANCELED
-- budget: 10 s
local m = {} m.__newindex = function() table.insert(setmetatable({}, m), 1) error("deep") end table.insert(setmetatable({}, m), 1)
