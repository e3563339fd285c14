-- SPDX-License-Identifier: MIT
-- Recursion: __index tables.
--
-- ends: ECANCELED
-- budget: 30 s
local t = {} for i = 1, 10000 do t = setmetatable({}, {__index = t}) end return t.x
