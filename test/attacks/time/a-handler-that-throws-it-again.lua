-- SPDX-License-Identifier: MIT
-- A message handler that is not asked, and one above it that would swallow.
--
-- ends: ETIME
while true do
  xpcall(function()
    xpcall(function() while true do end end, function(e) error(e) end)
    while true do end
  end, function() return nil end)
end
