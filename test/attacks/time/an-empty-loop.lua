-- SPDX-License-Identifier: MIT
-- An empty loop.
--
-- ends: ETIME
-- by: budget, abort, client, namespace
while true do end
