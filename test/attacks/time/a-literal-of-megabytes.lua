-- SPDX-License-Identifier: MIT
-- Compiles one long string.
--
-- ends: ETIME
-- budget: 3 s
-- maxalloc: 64M
local text = "return [[" .. ("x"):rep(4 << 20) .. "]]"
while true do
  load(text)
end
