-- SPDX-License-Identifier: MIT
-- Coroutines that yield to each other.
--
-- ends: ETIME
local c = coroutine.wrap(function() while true do coroutine.yield() end end) while true do c() end
