-- SPDX-License-Identifier: MIT
-- Load of the same again.
--
-- ends: ETIME
while true do load("return 1") end
