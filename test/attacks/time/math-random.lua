-- SPDX-License-Identifier: MIT
-- Math.random.
--
-- ends: ETIME
while true do math.random() end
