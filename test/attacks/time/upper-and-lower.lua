-- SPDX-License-Identifier: MIT
-- Upper and lower.
--
-- ends: ETIME
-- maxalloc: 64M
local s = ("x"):rep(1 << 20) while true do s:upper():lower():reverse() end
