-- SPDX-License-Identifier: MIT
-- What is to be closed is closed by functions in C.
--
-- ends: ETIME
-- maxalloc: 64M
local function hold(n)
  local held <close> = setmetatable({}, { __close = n % 2 == 0 and collectgarbage or string.rep })
  if n == 0 then
    while true do end
  end
  return hold(n - 1) + 1
end
pcall(hold, 100)
while true do end
