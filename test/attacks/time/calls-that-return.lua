-- SPDX-License-Identifier: MIT
-- Calls that return.
--
-- ends: ETIME
local function f() end while true do f() end
