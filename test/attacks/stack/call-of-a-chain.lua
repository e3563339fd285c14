-- SPDX-License-Identifier: MIT
-- Recursion: __call of a chain.
--
-- ends: well | ECANCELED
-- budget: 10 s
local f = function() end for i = 1, 300 do f = setmetatable({}, {__call = f}) end f()
