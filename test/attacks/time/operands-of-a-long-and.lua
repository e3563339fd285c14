-- SPDX-License-Identifier: MIT
-- Compiles an expression of so many operands that all have the same place to jump to: each one looks for the end of the
-- list of those before it.
--
-- ends: ETIME
-- maxalloc: 64M
local text = "return " .. ("a and "):rep(1 << 18) .. "a"
while true do
  load(text)
end
