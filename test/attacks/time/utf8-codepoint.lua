-- SPDX-License-Identifier: MIT
-- Utf8.codepoint.
--
-- ends: ETIME
local s = ("\u{20ac}"):rep(200) while true do utf8.codepoint(s, 1, -1) end
