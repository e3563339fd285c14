-- SPDX-License-Identifier: MIT
-- __pairs.
--
-- ends: ETIME
for _ in pairs(setmetatable({}, {__pairs = function() while true do end end})) do end
