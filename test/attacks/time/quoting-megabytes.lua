-- SPDX-License-Identifier: MIT
-- Has text quoted that is nothing but what has to be escaped.
--
-- ends: ETIME
-- maxalloc: 4M, 64M
local s = ("\0\1\"\n"):rep(1 << 16)
while true do
  string.format("%q", s)
end
