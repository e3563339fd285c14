-- SPDX-License-Identifier: MIT
-- __concat.
--
-- ends: ETIME
return setmetatable({}, {__concat = function() while true do end end}) .. "x"
