-- SPDX-License-Identifier: MIT
-- __index in table.concat.
--
-- ends: ETIME
table.concat(setmetatable({}, {__len = function() return 1 << 40 end, __index = function() return "" end}))
