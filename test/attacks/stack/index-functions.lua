-- SPDX-License-Identifier: MIT
-- Recursion: __index functions.
--
-- ends: ECANCELED
-- budget: 30 s
local m = {} m.__index = function(t, k) return setmetatable({}, m)[k] end return setmetatable({}, m).x
