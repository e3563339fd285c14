-- SPDX-License-Identifier: MIT
-- __add.
--
-- ends: ETIME
return setmetatable({}, {__add = function() while true do end end}) + 1
