-- SPDX-License-Identifier: MIT
-- Ephemerons in a chain.
--
-- ends: ETIME
while true do local t, k = setmetatable({}, {__mode = "k"}), {} for i = 1, 3000 do local n = {} t[n] = k k = n end collectgarbage() end
