-- SPDX-License-Identifier: MIT
-- Sorts without end.
--
-- ends: ETIME
local t = {} for i = 1, 1000 do t[i] = i * 7919 % 1000 end while true do table.sort(t, function(a, b) return a > b end) end
