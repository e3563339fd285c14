-- SPDX-License-Identifier: MIT
-- Writes to the kernel's log without end: control characters, percent signs, megabytes.
--
-- ends: ETIME
-- budget: 500 ms
-- maxalloc: 64M
local texts = { "%s%n%p%d", "\27[31m\0\1\r\n", ("x"):rep(1 << 20), "", ("\xff"):rep(300) }
while true do
  for _, text in ipairs(texts) do
    lunatik.log("debug", text)
    pcall(lunatik.log, text, text)
  end
end
