-- SPDX-License-Identifier: MIT
-- The same as a frontier.
--
-- ends: ETIME
-- budget: 3 s
-- maxalloc: 64M
local set = "%f[" .. ("b"):rep(2 << 20) .. "]"
while true do
  ("aaaaaaaa"):find(set)
end
