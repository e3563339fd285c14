-- SPDX-License-Identifier: MIT
-- Hashing long strings.
--
-- ends: ETIME
-- maxalloc: 64M
local s = ("x"):rep(1 << 20) while true do local t = {} t[s .. #t] = 1 end
