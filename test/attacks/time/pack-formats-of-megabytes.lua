-- SPDX-License-Identifier: MIT
-- Formats of string.pack that pack nothing.
--
-- ends: ETIME
-- budget: 3 s
-- maxalloc: 64M
local format = ("<"):rep(2 << 20)
while true do
  string.pack(format)
  string.packsize(format)
  string.unpack(format, "")
end
