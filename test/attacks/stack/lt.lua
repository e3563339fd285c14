-- SPDX-License-Identifier: MIT
-- Recursion: __lt.
--
-- ends: ECANCELED
-- budget: 10 s
local m = {} m.__lt = function(a, b) return not (a < b) end return setmetatable({}, m) < setmetatable({}, m)
