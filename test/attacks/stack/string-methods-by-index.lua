-- SPDX-License-Identifier: MIT
-- Recursion: string methods by __index.
--
-- ends: ECANCELED
-- budget: 10 s
getmetatable("").__index = function(s, k) return s[k] end return ("x").y
