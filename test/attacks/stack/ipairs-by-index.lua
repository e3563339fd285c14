-- SPDX-License-Identifier: MIT
-- Recursion: ipairs by __index.
--
-- ends: ECANCELED
-- budget: 10 s
local m = {} m.__index = function() for _ in ipairs(setmetatable({}, m)) do end error("deep") end for _ in ipairs(setmetatable({}, m)) do end
