-- SPDX-License-Identifier: MIT
-- Recursion: __unm.
--
-- ends: ECANCELED
-- budget: 10 s
local m = {} m.__unm = function(a) return -a + 1 end return -setmetatable({}, m)
