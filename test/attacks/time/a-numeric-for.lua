-- SPDX-License-Identifier: MIT
-- A numeric for.
--
-- ends: ETIME
for i = 1, math.huge do end
