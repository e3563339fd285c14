-- SPDX-License-Identifier: MIT
-- Each traceback begins with the one before.
--
-- ends: ECANCELED not enough memory
-- budget: 20 s
-- maxalloc: 64K, 1M
local text = ""
while true do
  text = debug.traceback(text .. text)
end
