-- SPDX-License-Identifier: MIT
-- Recursion: __len.
--
-- ends: ECANCELED
-- budget: 10 s
local m = {} m.__len = function(t) return #t + 1 end return #setmetatable({}, m)
