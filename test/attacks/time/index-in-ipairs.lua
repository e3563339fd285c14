-- SPDX-License-Identifier: MIT
-- __index in ipairs.
--
-- ends: ETIME
for _ in ipairs(setmetatable({}, {__index = function() return 1 end})) do end
