-- SPDX-License-Identifier: MIT
-- Buffers of a third of the state, one after the other: what was garbage has to make room.
--
-- ends: well
-- budget: 20 s
-- maxalloc: 1M
local s
for i = 1, 30 do
  s = ("x"):rep(300000)
end
return #s
