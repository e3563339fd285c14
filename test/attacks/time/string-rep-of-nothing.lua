-- SPDX-License-Identifier: MIT
-- String.rep of nothing.
--
-- ends: ETIME
-- by: budget, abort, client, namespace
(""):rep(1 << 62)
