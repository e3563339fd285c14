-- SPDX-License-Identifier: MIT
-- Floats.
--
-- ends: ETIME
local x = 1.0 while true do x = math.sin(x) + math.sqrt(x * x + 1) end
