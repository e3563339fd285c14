-- SPDX-License-Identifier: MIT
-- A sort with an order that is none.
--
-- ends: ETIME
-- maxalloc: 64M
local t = {} for i = 1, 50000 do t[i] = i end while true do pcall(table.sort, t, function() return true end) end
