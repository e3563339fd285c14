-- SPDX-License-Identifier: MIT
-- String.byte.
--
-- ends: ETIME
-- maxalloc: 64M
local s = ("x"):rep(100000) while true do s:byte(1, -1) end
