-- SPDX-License-Identifier: MIT
-- Recursion: __close.
--
-- ends: ECANCELED
-- budget: 10 s
local function f() local g <close> = setmetatable({}, {__close = function() f() end}) end f()
