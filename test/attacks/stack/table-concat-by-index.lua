-- SPDX-License-Identifier: MIT
-- Recursion: table.concat by __index.
--
-- ends: ECANCELED
-- budget: 10 s
local m = {} m.__index = function(t) return table.concat(setmetatable({}, m), "", 1, 1) end table.concat(setmetatable({}, m), "", 1, 1)
