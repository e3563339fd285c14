-- SPDX-License-Identifier: MIT
-- Length of a table with a hole.
--
-- ends: ETIME
-- maxalloc: 64M
local t = {} for i = 1, 100000 do t[i] = i end while true do t[#t] = nil t[#t + 1] = 1 end
