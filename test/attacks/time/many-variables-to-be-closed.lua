-- SPDX-License-Identifier: MIT
-- Leaves tens of thousands of variables to be closed, each of which would like to go on for ever.
--
-- ends: ETIME | ECANCELED stack overflow
-- budget: 1 s
-- maxalloc: 64M
local function hold(n)
  local held <close> = setmetatable({}, { __close = function() while true do end end })
  if n == 0 then
    while true do end
  end
  return hold(n - 1) + 1
end
hold(20000)
