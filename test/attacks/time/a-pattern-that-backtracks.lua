-- SPDX-License-Identifier: MIT
-- A pattern that backtracks.
--
-- ends: ETIME
-- by: budget, abort, client, namespace
("a"):rep(40):find(("a-"):rep(40) .. "b")
