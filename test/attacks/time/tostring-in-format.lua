-- SPDX-License-Identifier: MIT
-- __tostring in format.
--
-- ends: ETIME
string.format("%s", setmetatable({}, {__tostring = function() while true do end end}))
