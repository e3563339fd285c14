-- SPDX-License-Identifier: MIT
-- A plain find in long text.
--
-- ends: ETIME
-- maxalloc: 64M
local s = ("a"):rep(1 << 20) .. "b" while true do s:find(("a"):rep(1 << 16) .. "c", 1, true) end
