-- SPDX-License-Identifier: MIT
-- Table.concat of much.
--
-- ends: ETIME
-- maxalloc: 64M
local t = {} for i = 1, 50000 do t[i] = "xxxxxxxxxx" end while true do table.concat(t) end
