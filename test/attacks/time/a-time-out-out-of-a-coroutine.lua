-- SPDX-License-Identifier: MIT
-- Lets a coroutine die of it, and goes on.
--
-- ends: ETIME
local co = coroutine.create(function() while true do end end)
return coroutine.resume(co)
