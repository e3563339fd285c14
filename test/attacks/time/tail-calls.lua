-- SPDX-License-Identifier: MIT
-- Tail calls.
--
-- ends: ETIME
local function f() return f() end f()
