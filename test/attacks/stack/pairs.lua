-- SPDX-License-Identifier: MIT
-- Recursion: __pairs.
--
-- ends: ECANCELED
-- budget: 30 s
local m = {} m.__pairs = function(t) return pairs(t), 1 end pairs(setmetatable({}, m))
