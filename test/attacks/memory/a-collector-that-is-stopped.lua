-- SPDX-License-Identifier: MIT
-- A collector that is stopped.
--
-- ends: ETIME | ECANCELED not enough memory
-- budget: 1 s
-- maxalloc: 64K, 1M
collectgarbage("stop") local t while true do t = {} end
