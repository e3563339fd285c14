-- SPDX-License-Identifier: MIT
-- table.insert, remove, move, concat and unpack at positions that are none.
--
-- ends: well
-- budget: 20 s
local min, max = math.mininteger, math.maxinteger
for _, p in ipairs { 0, -1, 5, min, max } do
  assert(not pcall(table.insert, { 1, 2, 3 }, p, 1) and (p == 0 or not pcall(table.remove, { 1, 2, 3 }, p)))
end
assert(not pcall(table.insert, {}, 1, 2, 3) and not pcall(table.insert, { 1 }) and table.remove({}) == nil and table.remove({}, 0) == nil)
assert(not pcall(table.move, {}, min, max, 1) and not pcall(table.move, {}, 1, 2, max) and #table.move({ 1, 2 }, max, min, 1) == 2)
assert(table.concat({}, "x", 1, 0) == "" and table.concat({ [max] = "a" }, "x", max, max) == "a" and not pcall(table.concat, { {} }))
assert(select("#", table.unpack({}, max, min)) == 0 and table.unpack({ [max] = 1 }, max, max) == 1 and table.unpack({ [min] = 1 }, min, min) == 1)
assert(select("#", table.unpack({}, 1, 1000)) == 1000 and not pcall(select, 0) and not pcall(select, -5, 1) and select(max, 1) == nil)
local proxy = setmetatable({}, { __len = function() return 2 end, __index = function(_, i) return i end, __newindex = function() end })
assert(table.concat(proxy, ",") == "1,2" and table.unpack(proxy) == 1 and not pcall(table.sort, setmetatable({}, { __len = function() return max end })))
assert(not pcall(table.sort, { 1, 2, "x" }) and not pcall(table.sort, setmetatable({}, { __len = function() return {} end })))
assert(pcall(table.sort, { 3, 1, 2 }, function() return nil end) and table.pack().n == 0)
