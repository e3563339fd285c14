-- SPDX-License-Identifier: MIT
-- Recursion: __close. The C stack bounds it, unless it is suspended so often, on a slow kernel, that it never gets that deep.
--
-- ends: ECANCELED | ETIME
-- budget: 1 s
local function f() local g <close> = setmetatable({}, {__close = function() f() end}) end f()
