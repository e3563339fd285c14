-- SPDX-License-Identifier: MIT
-- Steps of the sizes that nobody asks for.
--
-- ends: ETIME
-- budget: 2 s
-- maxalloc: 64M
local t = {}
for i = 1, 20000 do
  t[i] = { {} }
end
while true do
  for _, size in ipairs { 0, -1, 1, math.maxinteger, math.mininteger, 1 << 31, 1 << 40 } do
    pcall(collectgarbage, "step", size)
    pcall(collectgarbage, "incremental", size, size, size)
    pcall(collectgarbage, "generational", size, size)
  end
end
