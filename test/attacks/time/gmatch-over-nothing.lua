-- SPDX-License-Identifier: MIT
-- Gmatch over nothing.
--
-- ends: ETIME
while true do for _ in ("a"):rep(1 << 16):gmatch("()") do end end
