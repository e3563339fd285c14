-- SPDX-License-Identifier: MIT
-- Chaos: one wrong bit anywhere, and the end is another.
local x, sum = 0.1, 0.0
for i = 1, 300000 do
  x = 3.9999 * x * (1 - x)
  sum = sum + x
end
return string.format("%a %a", x, sum)
