-- SPDX-License-Identifier: MIT
-- Recursion: __le.
--
-- ends: ECANCELED
-- budget: 10 s
local m = {} m.__le = function(a, b) return not (a <= b) end return setmetatable({}, m) <= 1
