-- SPDX-License-Identifier: MIT
-- The closing value of a for loop loops itself.
--
-- ends: ETIME
while true do
  pcall(function()
    for _ in function() return 1 end, nil, nil, setmetatable({}, { __close = function() while true do end end }) do
      error("leave")
    end
  end)
end
