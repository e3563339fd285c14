-- SPDX-License-Identifier: MIT
-- Recursion: __eq.
--
-- ends: ECANCELED
-- budget: 30 s
local m = {} m.__eq = function() return setmetatable({}, m) == setmetatable({}, m) end return setmetatable({}, m) == setmetatable({}, m)
