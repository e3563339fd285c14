-- SPDX-License-Identifier: MIT
-- A coroutine that swallows.
--
-- ends: ETIME
while true do coroutine.resume(coroutine.create(function() pcall(function() while true do end end) end)) end
