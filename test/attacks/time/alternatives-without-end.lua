-- SPDX-License-Identifier: MIT
-- And so does each of many alternatives of one `if`.
--
-- ends: ETIME
-- maxalloc: 64M
local text = "if a then " .. ("elseif a then "):rep(1 << 17) .. "end"
while true do
  load(text)
end
