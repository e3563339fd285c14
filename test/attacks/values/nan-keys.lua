-- SPDX-License-Identifier: MIT
-- Keys that are not equal to themselves, or that are another number.
--
-- ends: well
-- budget: 20 s
local t, nan = {}, 0 / 0
assert(not pcall(function() t[nan] = 1 end) and not pcall(rawset, t, nan, 1) and not pcall(rawset, t, nil, 1))
assert(t[nan] == nil and rawget(t, nan) == nil and next(t) == nil)
assert(not pcall(next, t, nan) and not pcall(next, t, 1) and not pcall(next, t, {}))
t[1.0], t[2^53], t[-0.0] = "a", "b", "c"
assert(t[1] == "a" and t[1 << 53] == "b" and t[0] == "c" and math.type(next({ [3.0] = 1 })) == "integer")
t[math.huge], t[-math.huge], t[2^63], t[math.mininteger] = 1, 2, 3, 4
assert(t[math.huge] == 1 and t[-math.huge] == 2 and t[2^63] == 3 and t[-2^63] == 4)
assert(t[-nan] == nil and not pcall(function() t[nan] = nil end))
