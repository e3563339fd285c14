-- SPDX-License-Identifier: MIT
-- Getinfo.
--
-- ends: ETIME
while true do debug.getinfo(1, "Slnutf") end
