-- SPDX-License-Identifier: MIT
-- __index in table.unpack.
--
-- ends: ETIME
table.unpack(setmetatable({}, {__index = function() while true do end end}), 1, 2)
