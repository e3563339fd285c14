-- SPDX-License-Identifier: MIT
-- Compiles a comment that is longer than any chunk may be.
--
-- ends: ETIME
-- budget: 3 s
-- maxalloc: 64M
local text = "--" .. ("x"):rep(4 << 20)
while true do
  load(text)
end
