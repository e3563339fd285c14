-- SPDX-License-Identifier: MIT
-- A sort comparator.
--
-- ends: ETIME
-- by: budget, abort, client, namespace
table.sort({3, 2, 1}, function() while true do end end)
