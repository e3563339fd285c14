-- SPDX-License-Identifier: MIT
-- A gsub callback.
--
-- ends: ETIME
-- by: budget, abort, client, namespace
("x"):gsub("x", function() while true do end end)
