-- SPDX-License-Identifier: MIT
-- And for which it reads the ends of loops out of a long text, which is done without any function.
--
-- ends: well
-- budget: 20 s
-- maxalloc: 1M
-- keeps: memory
s = ("0"):rep(65000) .. "1"
collectgarbage()
-- then --
local s = s
for i = 1, 300 do
  for j = 2, s do end
end
return s == nil
