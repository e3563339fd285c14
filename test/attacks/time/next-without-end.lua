-- SPDX-License-Identifier: MIT
-- Next without end.
--
-- ends: ETIME
local t = {} for i = 1, 1000 do t[i] = i end while true do for _ in next, t do end end
