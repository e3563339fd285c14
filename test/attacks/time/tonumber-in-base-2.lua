-- SPDX-License-Identifier: MIT
-- Tonumber in base 2.
--
-- ends: ETIME
-- maxalloc: 64M
local s = ("1"):rep(1 << 20) while true do tonumber(s, 2) end
