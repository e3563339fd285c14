-- SPDX-License-Identifier: MIT
-- Returns a hundred thousand values, most of them nothing.
--
-- ends: well | ECANCELED
-- budget: 20 s
local t = {}
for i = 1, 10000 do
  t[i] = {}
end
return t, t, t, table.unpack({}, 1, 100000)
