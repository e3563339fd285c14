-- SPDX-License-Identifier: MIT
-- Prints far more than is kept.
--
-- ends: well
-- budget: 20 s
local s = ("x"):rep(100000)
for i = 1, 50 do
  print(s, i)
end
