-- SPDX-License-Identifier: MIT
-- Table.insert in front.
--
-- ends: ETIME
local t = {} while true do table.insert(t, 1, 1) if #t > 20000 then t = {} end end
