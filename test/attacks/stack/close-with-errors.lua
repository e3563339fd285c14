-- SPDX-License-Identifier: MIT
-- Recursion: __close with errors.
--
-- ends: ECANCELED | ETIME
-- budget: 1 s
local function f() local g <close> = setmetatable({}, {__close = function() f() error("x") end}) error("y") end f()
