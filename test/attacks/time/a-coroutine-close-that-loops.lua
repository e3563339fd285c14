-- SPDX-License-Identifier: MIT
-- A coroutine.close that loops.
--
-- ends: ETIME
local co = coroutine.create(function() local g <close> = setmetatable({}, {__close = function() while true do end end})
  coroutine.yield() end) coroutine.resume(co) coroutine.close(co)
