-- SPDX-License-Identifier: MIT
-- Orders strings that differ in their last byte only, with zeros on the way.
--
-- ends: ETIME
-- budget: 3 s
-- maxalloc: 64M
local a, b = ("x\0"):rep(1 << 20) .. "a", ("x\0"):rep(1 << 20) .. "b"
local c = ("x\0"):rep(1 << 20) .. "a"
while true do
  assert(a < b and not (b <= a) and a == c)
end
