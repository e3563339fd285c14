-- SPDX-License-Identifier: MIT
-- A coroutine.
--
-- ends: ETIME
-- by: budget, abort, client, namespace
coroutine.wrap(function() while true do end end)()
