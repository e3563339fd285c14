-- SPDX-License-Identifier: MIT
-- An xpcall whose handler swallows.
--
-- ends: ETIME
while true do xpcall(function() while true do end end, function() return 1 end) end
