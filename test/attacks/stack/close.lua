-- SPDX-License-Identifier: MIT
-- Recursion: __close. The C stack bounds it, but on a slow kernel, where a run is suspended, and so gives that stack back,
-- before it is full: there the memory does, which is little so that this takes no minutes.
--
-- ends: ECANCELED
-- budget: 30 s
-- maxalloc: 1M, 8M
local function f() local g <close> = setmetatable({}, {__close = function() f() end}) end f()
