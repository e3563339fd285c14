-- SPDX-License-Identifier: MIT
-- Hands on nearly as many arguments as there may be, again and again: each instruction copies them all.
--
-- ends: ETIME | ECANCELED not enough memory | ECANCELED too many results
-- budget: 300 ms
local t = {}
for i = 1, 90000 do t[i] = i end
local function pass(...)
  return ...
end
while true do
  local u = { pass(table.unpack(t)) }
  u = nil
  select("#", pass(pass(table.unpack(t))))
end
