-- SPDX-License-Identifier: MIT
-- A handler in a handler.
--
-- ends: ETIME
local function h() error("again") end while true do xpcall(error, h) end
