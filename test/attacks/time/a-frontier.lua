-- SPDX-License-Identifier: MIT
-- A frontier.
--
-- ends: ETIME
-- maxalloc: 64M
while true do ("a"):rep(1 << 20):find("%f[b]") end
