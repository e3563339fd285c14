-- SPDX-License-Identifier: MIT
-- __eq.
--
-- ends: ETIME
local m = {__eq = function() while true do end end} return setmetatable({}, m) == setmetatable({}, m)
