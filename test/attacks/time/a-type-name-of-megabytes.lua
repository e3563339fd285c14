-- SPDX-License-Identifier: MIT
-- Errors about a value whose type has a name of megabytes.
--
-- ends: ETIME
-- budget: 3 s
-- maxalloc: 64M
local value = setmetatable({}, { __name = ("x"):rep(2 << 20) })
while true do
  pcall(function() return value + 1 end)
  pcall(math.abs, value)
  pcall(tostring, value)
end
