-- SPDX-License-Identifier: MIT
-- Calls of a C function.
--
-- ends: ETIME
while true do math.abs(1) end
