-- SPDX-License-Identifier: MIT
-- Concatenation.
--
-- ends: ETIME
-- maxalloc: 64M
local s = ("x"):rep(1 << 20) while true do local _ = s .. s end
