-- SPDX-License-Identifier: MIT
-- Table.unpack of much.
--
-- ends: ETIME
local t = {} while true do pcall(table.unpack, t, 1, 900000) end
