-- SPDX-License-Identifier: MIT
-- Fills the stack with frames and open upvalues up to its end, falls, and begins again.
--
-- ends: ETIME | ECANCELED not enough memory
-- budget: 500 ms
local function deep()
  local a, b, c
  local function close() a, b, c = b, c, a end
  return deep(), close
end
while true do
  pcall(deep)
end
