-- SPDX-License-Identifier: MIT
-- Has nothing packed into fields of half a megabyte, and taken out of them again.
--
-- ends: ETIME
-- maxalloc: 8M, 64M
while true do
  local s = string.pack("c1000000", "")
  string.unpack("z", s)
  pcall(string.unpack, "z", ("x"):rep(1000000))
  string.pack("z", ("x"):rep(1000000))
end
