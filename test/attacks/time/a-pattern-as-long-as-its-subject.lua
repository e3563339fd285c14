-- SPDX-License-Identifier: MIT
-- Each character of a long pattern matches one of the subject.
--
-- ends: ETIME
-- budget: 3 s
-- maxalloc: 64M
local text = ("a"):rep(2 << 20)
while true do
  text:find(text .. "b?")
end
