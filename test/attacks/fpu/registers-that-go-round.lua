-- SPDX-License-Identifier: MIT
-- Values that are only ever moved, through many slices.
local a, b, c, d, e, f = 1.1, 2.2, 3.3, 4.4, 5.5, 6.6
for i = 1, 300000 do
  a, b, c, d, e, f = b, c, d, e, f, a
end
return string.format("%a %a %a %a %a %a", a, b, c, d, e, f)
