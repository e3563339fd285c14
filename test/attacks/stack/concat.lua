-- SPDX-License-Identifier: MIT
-- Recursion: __concat.
--
-- ends: ECANCELED
-- budget: 10 s
local m = {} m.__concat = function(a, b) return "x" .. (a .. b) end return setmetatable({}, m) .. "x"
