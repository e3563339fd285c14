-- SPDX-License-Identifier: MIT
-- Removes and adds keys while it is at them.
--
-- ends: ETIME
local t = {}
while true do
  for i = 1, 100 do
    t["k" .. i] = i
  end
  pcall(function()
    for k in next, t do
      t[k] = nil
      t[{}] = k
      if math.random() < 0.1 then
        collectgarbage("step")
      end
    end
  end)
end
