-- SPDX-License-Identifier: MIT
-- Floats that are carried through metamethods, coroutines, sorts and patterns, each of which may be where a slice ends.
local sum = 0.0
local vector = {}
vector.__index = vector
function vector.__add(a, b) return setmetatable({ a[1] + b[1], a[2] + b[2] }, vector) end
function vector.__lt(a, b) return a[1] < b[1] end
local next_value = coroutine.wrap(function()
  local x = 0.5
  while true do
    x = x * 1.0009 % 1.7 + 1e-5
    coroutine.yield(x)
  end
end)
local list = {}
for i = 1, 3000 do
  list[i] = setmetatable({ next_value(), 1 / i }, vector)
end
table.sort(list)
local total = setmetatable({ 0.0, 0.0 }, vector)
for _, v in ipairs(list) do total = total + v end
for number in ("0.1 0.25 3.7e-3 1e10 "):rep(500):gmatch("%S+") do
  sum = sum * 0.999 + tonumber(number)
end
collectgarbage()
return string.format("%a %a %a", total[1], total[2], sum)
