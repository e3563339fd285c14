-- SPDX-License-Identifier: MIT
-- Upvalues.
--
-- ends: ECANCELED not enough memory
-- budget: 20 s
-- maxalloc: 64K, 1M
local f = function() end while true do local g = f f = function() return g end end
