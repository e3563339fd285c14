-- SPDX-License-Identifier: MIT
-- __len in table.insert.
--
-- ends: ETIME
table.insert(setmetatable({}, {__len = function() while true do end end}), 1)
