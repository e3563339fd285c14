-- SPDX-License-Identifier: MIT
-- String.rep again and again.
--
-- ends: ETIME
-- maxalloc: 64M
while true do ("x"):rep(1 << 20) end
