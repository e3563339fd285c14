-- SPDX-License-Identifier: MIT
-- A close that loops.
--
-- ends: ETIME
do local g <close> = setmetatable({}, {__close = function() while true do end end}) error("x") end
