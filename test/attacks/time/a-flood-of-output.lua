-- SPDX-License-Identifier: MIT
-- Prints without end, far beyond what is kept.
--
-- ends: ETIME
-- budget: 500 ms
local t = setmetatable({}, { __tostring = function() return ("x"):rep(1000) end })
while true do
  print(t, t, nil, 1.5, "\0")
end
