-- SPDX-License-Identifier: MIT

local x, y = 1.0, 0.5
for i = 1, 250000 do
  x = x * 0.5 + 1.25 / i
  y = y + x * 0.25 - y / 64
end
return x + y
