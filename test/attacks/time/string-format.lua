-- SPDX-License-Identifier: MIT
-- String.format.
--
-- ends: ETIME
while true do string.format(("%s"):rep(100), table.unpack({}, 1, 100)) end
