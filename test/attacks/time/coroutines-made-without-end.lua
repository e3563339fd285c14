-- SPDX-License-Identifier: MIT
-- Coroutines made without end.
--
-- ends: ETIME
while true do coroutine.wrap(function() end)() end
