-- SPDX-License-Identifier: MIT
-- __call.
--
-- ends: ETIME
setmetatable({}, {__call = function() while true do end end})()
