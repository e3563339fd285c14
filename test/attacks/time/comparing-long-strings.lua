-- SPDX-License-Identifier: MIT
-- Comparing long strings.
--
-- ends: ETIME
-- maxalloc: 64M
local a, b = ("x"):rep(1 << 20) .. "a", ("x"):rep(1 << 20) .. "b" while true do local _ = a < b, a == b end
