-- SPDX-License-Identifier: MIT
-- __newindex.
--
-- ends: ETIME
setmetatable({}, {__newindex = function() while true do end end}).x = 1
