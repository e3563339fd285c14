-- SPDX-License-Identifier: MIT
-- Recursion: __tostring in print.
--
-- ends: ECANCELED
-- budget: 10 s
local m = {} m.__tostring = function(t) print(t) return "x" end print(setmetatable({}, m))
