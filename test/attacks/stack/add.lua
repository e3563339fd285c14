-- SPDX-License-Identifier: MIT
-- Recursion: __add.
--
-- ends: ECANCELED
-- budget: 10 s
local m = {} m.__add = function(a, b) return a + b + 1 end return setmetatable({}, m) + 1
