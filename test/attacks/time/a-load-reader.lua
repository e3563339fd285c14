-- SPDX-License-Identifier: MIT
-- A load reader.
--
-- ends: ETIME
-- by: budget, abort, client, namespace
load(function() while true do end end)
