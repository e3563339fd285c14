-- SPDX-License-Identifier: MIT
-- The mode that load is given is looked through for a letter.
--
-- ends: ETIME
-- budget: 3 s
-- maxalloc: 64M
local mode = ("x"):rep(4 << 20)
while true do
  load("", "=name", mode)
end
