-- SPDX-License-Identifier: MIT
-- And one deeper.
--
-- ends: ECANCELED nested more than 32 deep
-- budget: 20 s
local t = 1
for i = 1, 33 do
  t = { t }
end
return t
