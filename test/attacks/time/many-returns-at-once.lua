-- SPDX-License-Identifier: MIT
-- Returns many values through many levels, with something to be closed at each.
--
-- ends: ETIME | ECANCELED not enough memory | ECANCELED stack overflow
-- budget: 300 ms
local t = {}
for i = 1, 3000 do t[i] = i end
local meta = { __close = function() end }
local function deep(n)
  local x <close> = setmetatable({}, meta)
  if n == 0 then
    return table.unpack(t)
  end
  return deep(n - 1)
end
while true do
  deep(20)
end
