-- SPDX-License-Identifier: MIT
-- Returns tables nested as deep as they are carried, in the deepest place that returns.
--
-- ends: well
-- budget: 20 s
local t = 1
for i = 1, 32 do
  t = { t }
end
return t
