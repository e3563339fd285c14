-- SPDX-License-Identifier: MIT
-- The collector.
--
-- ends: ETIME
-- maxalloc: 64M
-- by: budget, abort, client, namespace
local t = {} for i = 1, 50000 do t[i] = {} end while true do collectgarbage() end
