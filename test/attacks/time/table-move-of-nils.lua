-- SPDX-License-Identifier: MIT
-- Table.move of nils.
--
-- ends: ETIME
-- by: budget, abort, client, namespace
table.move({}, 1, math.maxinteger - 1, 2)
