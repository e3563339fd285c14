-- SPDX-License-Identifier: MIT
-- A float for.
--
-- ends: ETIME
for i = 1.0, math.huge, 1e-9 do end
