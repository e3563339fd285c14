-- SPDX-License-Identifier: MIT
-- Utf8.len.
--
-- ends: ETIME
-- maxalloc: 64M
local s = ("\u{20ac}"):rep(1 << 18) while true do utf8.len(s) end
