-- SPDX-License-Identifier: MIT
-- A pcall that swallows.
--
-- ends: ETIME
-- by: budget, abort, client, namespace
while true do pcall(function() while true do end end) end
