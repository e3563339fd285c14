-- SPDX-License-Identifier: MIT
-- Uses text as a number that has hundreds of thousands of digits to base 16, by conversion and by arithmetic.
--
-- ends: ETIME
local s = "0x" .. ("f"):rep(1 << 18)
local p = "0x." .. ("0"):rep(60000) .. "1p-1"
while true do
  pcall(function() return s + 1 end)
  pcall(function() return p * 2 end)
  tonumber(s)
  tonumber(p)
end
