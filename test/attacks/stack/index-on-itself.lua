-- SPDX-License-Identifier: MIT
-- Recursion: __index on itself.
--
-- ends: ECANCELED
-- budget: 10 s
local t = {} setmetatable(t, {__index = t}) return t.x
