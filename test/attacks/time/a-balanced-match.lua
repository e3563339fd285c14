-- SPDX-License-Identifier: MIT
-- A balanced match.
--
-- ends: ETIME
while true do ("("):rep(1 << 18):find("%b()") end
