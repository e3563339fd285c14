-- SPDX-License-Identifier: MIT
-- Table.remove in front.
--
-- ends: ETIME
local t = {} for i = 1, 30000 do t[i] = i end while true do table.remove(t, 1) t[30000] = 1 end
