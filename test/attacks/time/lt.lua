-- SPDX-License-Identifier: MIT
-- __lt.
--
-- ends: ETIME
return setmetatable({}, {__lt = function() while true do end end}) < 1
