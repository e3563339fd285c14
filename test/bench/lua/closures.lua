-- SPDX-License-Identifier: MIT
local function counter(from)
  local value = from
  local function add(step)
    value = value + step
    return value
  end
  local function get()
    return value
  end
  return add, get
end

local total = 0
for i = 1, 20000 do
  local add, get = counter(i)
  add(1)
  total = total + get()
end
return total
