-- SPDX-License-Identifier: MIT
local sum = 0
for i = 1, 350000 do
  sum = (sum + i % 7 * 3) ~ (i >> 2)
end
return sum
