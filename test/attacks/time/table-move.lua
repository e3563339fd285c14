-- SPDX-License-Identifier: MIT
-- Table.move.
--
-- ends: ETIME
table.move({}, 1, 1 << 62, 2, setmetatable({}, {__newindex = function() end}))
