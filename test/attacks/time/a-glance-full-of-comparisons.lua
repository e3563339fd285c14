-- SPDX-License-Identifier: MIT
-- So is the time for which a short chunk compares long strings.
--
-- ends: well
-- budget: 20 s
-- maxalloc: 1M
-- keeps: memory
a = ("x"):rep(50000) .. "a"
b = ("x"):rep(50000) .. "b"
collectgarbage()
-- then --
local a, b, less = a, b
for i = 1, 300 do
  less = a < b
end
return less
