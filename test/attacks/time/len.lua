-- SPDX-License-Identifier: MIT
-- __len.
--
-- ends: ETIME
return #setmetatable({}, {__len = function() while true do end end})
