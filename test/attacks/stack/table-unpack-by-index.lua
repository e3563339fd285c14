-- SPDX-License-Identifier: MIT
-- Recursion: table.unpack by __index.
--
-- ends: ECANCELED
-- budget: 10 s
local m = {} m.__index = function(t) return (table.unpack(setmetatable({}, m), 1, 1)) end table.unpack(setmetatable({}, m), 1, 1)
