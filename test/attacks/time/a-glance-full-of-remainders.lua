-- SPDX-License-Identifier: MIT
-- And for which it divides what is largest by what is smallest, bit for bit.
--
-- ends: well
-- budget: 20 s
-- maxalloc: 1M
local a, b, x = 1.7e308, 5e-324
for i = 1, 190 do
  x = a % b
  x = a % b
  x = a % b
  x = a % b
end
return x
