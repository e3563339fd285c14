-- SPDX-License-Identifier: MIT
-- Goes on in a table behind keys that are gone, collected, and many.
--
-- ends: ETIME | ECANCELED not enough memory
local t = {}
while true do
  for i = 1, 20000 do t[{}] = i end
  for k in next, t do
    t[k] = nil
    if math.random(100) == 1 then
      collectgarbage("step")
    end
  end
end
