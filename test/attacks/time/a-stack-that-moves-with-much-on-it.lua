-- SPDX-License-Identifier: MIT
-- Has the stack grow and shrink again and again, with frames and open upvalues on it that all have to be told where it is.
--
-- ends: ETIME | ECANCELED not enough memory
-- budget: 300 ms
local function deep(n)
  local open = n
  local function close() open = open + 1 return open end
  if n == 0 then
    while true do
      pcall(table.unpack, {}, 1, 100000)
      collectgarbage()
    end
  end
  return deep(n - 1) + close()
end
deep(18000)
