-- SPDX-License-Identifier: MIT
-- Numbers that are no numbers, too large, too small to be normal, and rounded to even.
-- not %a, which does not say how it writes numbers that are not normal
local function bits(x)
  return string.format("%016x", string.unpack("I8", string.pack("d", x)))
end
local t = {}
for _, x in ipairs { 0.0, -0.0, 1 / 0, -1 / 0, 2^-1074, 2^-1022, -2^-1030, 2^1023 * 1.9999999999999998, 0.1, 1 / 3, 2^53 + 1.0, 1e308 * 10 } do
  for _, y in ipairs { 1.0, -3.0, 0.1, 2^-1070, 1e308, 2^53 } do
    t[#t + 1] = table.concat({ bits(x + y), bits(x - y), bits(x * y), bits(x / y), tostring(x < y) }, " ")
  end
end
for i = 1, 200 do
  local x = tonumber(("%d.%de%d"):format(i * 7919 % 1000, i * 104729 % 100000, i % 300 - 150))
  t[#t + 1] = string.format("%s %.17g %s", bits(x), x, x)
end
return table.concat(t, "\n")
