-- SPDX-License-Identifier: MIT
-- __tostring in print.
--
-- ends: ETIME
print(setmetatable({}, {__tostring = function() while true do end end}))
