-- SPDX-License-Identifier: MIT
-- The comparator changes the table that is sorted.
--
-- ends: ETIME
while true do
  local t = {}
  for i = 1, 200 do
    t[i] = i * 7919 % 211
  end
  pcall(table.sort, t, function(a, b)
    t[math.random(200)] = math.random(200)
    t[math.random(300)] = math.random() < 0.1 and {} or nil
    return a > b
  end)
end
