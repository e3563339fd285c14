-- SPDX-License-Identifier: MIT
-- Returns the same table many thousand times that takes long to be found empty, and so takes no room.
--
-- ends: ETIME
-- budget: 500 ms
-- maxalloc: 8M, 64M
local t = {}
for i = 1, 1 << 16 do t[i .. ""] = i end
for k in pairs(t) do t[k] = nil end
local all = {}
for i = 1, 1 << 16 do all[i] = t end
return all
