-- SPDX-License-Identifier: MIT
-- Arithmetic that overflows, divides by zero, and shifts by too much.
--
-- ends: well
-- budget: 20 s
local min, max = math.mininteger, math.maxinteger
assert(min // -1 == min and min % -1 == 0 and -min == min and max + 1 == min and min * -1 == min and math.abs(min) == min)
assert(not pcall(function() return 1 // 0 end) and not pcall(function() return 1 % 0 end) and not pcall(function() return min // 0 end))
assert(not pcall(math.fmod, 1, 0) and math.fmod(min, -1) == 0 and 1 // 0.0 == math.huge and 1 % math.huge == 1.0)
assert(1 << 64 == 0 and 1 << max == 0 and 1 >> min == 0 and 1 << -1 == 0 and min >> 63 == 1 and -1 >> 64 == 0)
assert(not pcall(function() return 1 << 1.5 end) and not pcall(function() return 2^63 | 0 end) and not pcall(function() return (0 / 0) | 0 end))
assert(math.tointeger(2^63) == nil and math.tointeger(-2^63) == min and math.ult(max, min) and not math.ult(min, max))
local n = 0
for i = max - 2, max do n = n + 1 end
for i = min + 2, min, -1 do n = n + 1 end
for i = max, max, max do n = n + 1 end
for i = min, max, max do n = n + 1 end
assert(n == 10)
assert(not pcall(function() for i = 1, 2, 0 do end end))
assert(not pcall(math.random, 0 / 0) and not pcall(math.random, 2, 1) and pcall(math.random, min, max) and not pcall(math.random, 1.5))
assert(tostring(min) == "-9223372036854775808" and tonumber("9223372036854775808") == 2^63 and tonumber("0xffffffffffffffffff") == -1)
assert(tonumber("1e1") == 10.0 and not tonumber("1e") and not tonumber("0x") and not tonumber("") and not tonumber("1\0") and tonumber("z", 36) == 35)
assert(("10" + 1) == 11 and ("0x10" * 1) == 16 and not pcall(function() return "x" + 1 end) and "10" // "0.0" == math.huge)
