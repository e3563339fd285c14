-- SPDX-License-Identifier: MIT
-- Recursion: __newindex functions.
--
-- ends: ECANCELED
-- budget: 30 s
local m = {} m.__newindex = function(t, k, v) setmetatable({}, m)[k] = v end setmetatable({}, m).x = 1
