-- SPDX-License-Identifier: MIT
-- Rehashing.
--
-- ends: ETIME
while true do local t = {} for i = 1, 10000 do t[i * 3.5] = i end end
