-- SPDX-License-Identifier: MIT
-- Recursion: __tostring in format.
--
-- ends: ECANCELED
-- budget: 10 s
local m = {} m.__tostring = function(t) return string.format("%s!", t) end tostring(setmetatable({}, m))
