-- SPDX-License-Identifier: MIT
-- Returns few tables that are without end when each is told as often as it is found.
--
-- ends: well | ETIME
-- budget: 1 s
local t = {}
for _ = 1, 30 do
  t = { t, t, t, t }
end
return t
