-- SPDX-License-Identifier: MIT
-- Recursion: __tostring.
--
-- ends: ECANCELED
-- budget: 10 s
local m = {} m.__tostring = function(t) return tostring(t) .. "x" end tostring(setmetatable({}, m))
