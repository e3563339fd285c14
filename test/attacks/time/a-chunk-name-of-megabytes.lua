-- SPDX-License-Identifier: MIT
-- What fails in a chunk whose name is megabytes long has that name looked through for the end of its first line.
--
-- ends: ETIME
-- budget: 3 s
-- maxalloc: 64M
local name = ("x"):rep(4 << 20)
local f = load("error('again')", name)
while true do
  pcall(f)
  load("", name)
end
