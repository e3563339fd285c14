-- SPDX-License-Identifier: MIT
-- A gsub table with __index.
--
-- ends: ETIME
("x"):gsub("x", setmetatable({}, {__index = function() while true do end end}))
