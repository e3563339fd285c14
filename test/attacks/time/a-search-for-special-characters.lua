-- SPDX-License-Identifier: MIT
-- A pattern of millions of characters, none of which is special, is looked through for one that is.
--
-- ends: ETIME
-- budget: 3 s
-- maxalloc: 64M
local text = ("a"):rep(2 << 20)
while true do
  text:find(text, -10)
end
