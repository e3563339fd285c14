-- SPDX-License-Identifier: MIT
-- String.pack.
--
-- ends: ETIME
while true do string.pack(("i8"):rep(100), table.unpack((function() local t = {} for i = 1, 100 do t[i] = i end return t end)())) end
