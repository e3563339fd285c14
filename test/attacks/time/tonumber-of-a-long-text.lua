-- SPDX-License-Identifier: MIT
-- Tonumber of a long text.
--
-- ends: ETIME
-- maxalloc: 64M
local s = ("1"):rep(1 << 20) while true do tonumber(s) end
