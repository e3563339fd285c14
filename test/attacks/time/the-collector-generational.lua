-- SPDX-License-Identifier: MIT
-- The collector, generational.
--
-- ends: ETIME
collectgarbage("generational") local t = {} while true do t[#t % 10000 + 1] = {} end
