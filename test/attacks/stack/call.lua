-- SPDX-License-Identifier: MIT
-- Recursion: __call.
--
-- ends: ECANCELED | ETIME
-- budget: 1 s
local m = {} m.__call = function() return 1 + setmetatable({}, m)() end setmetatable({}, m)()
