-- SPDX-License-Identifier: MIT
-- Gsub of every byte.
--
-- ends: ETIME
-- maxalloc: 64M
local s = ("a"):rep(1 << 20) while true do s:gsub(".", "b") end
