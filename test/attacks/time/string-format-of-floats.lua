-- SPDX-License-Identifier: MIT
-- String.format of floats.
--
-- ends: ETIME
while true do string.format("%.99f", 1e308) end
