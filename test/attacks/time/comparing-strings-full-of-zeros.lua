-- SPDX-License-Identifier: MIT
-- Comparing strings full of zeros.
--
-- ends: ETIME
-- maxalloc: 64M
local a, b = ("\0"):rep(1 << 20) .. "a", ("\0"):rep(1 << 20) .. "b" while true do local _ = a < b end
