-- SPDX-License-Identifier: MIT
-- A pattern's set of millions of characters, in which the one of the subject is not.
--
-- ends: ETIME
-- budget: 3 s
-- maxalloc: 64M
local set = "[" .. ("b"):rep(2 << 20) .. "]"
while true do
  ("aaaaaaaa"):find(set)
end
