-- SPDX-License-Identifier: MIT
-- Changes what strings do, guards metatables, and takes the libraries apart.
--
-- ends: well
-- budget: 20 s
-- keeps: memory
local meta = getmetatable("")
meta.__index = function(s, k) return k == "len" and string.len or nil end
meta.__add, meta.__call, meta.__len, meta.__name, meta.__close = nil, function(s, x) return x end, nil, string.rep("x", 1000), print
assert(("x"):len() == 1 and ("x")(5) == 5 and #"xx" == 2 and not pcall(function() return ("x"):rep(2) end))
meta.__concat, meta.__eq, meta.__lt = error, error, error
assert("a" .. "b" == "ab" and "a" < "b")
meta.__metatable = "mine"
assert(getmetatable("") == "mine" and not pcall(setmetatable, "", {}))
local guarded = setmetatable({}, { __metatable = false })
assert(not pcall(setmetatable, guarded, nil) and getmetatable(guarded) == false)
local loop = {}
setmetatable(loop, loop)
for _, name in ipairs { "eq", "lt", "concat", "len", "tostring", "name", "index", "newindex" } do
  rawset(loop, "__" .. name, loop)
end
assert(not pcall(function() return loop.x end) and not pcall(function() loop.x = 1 end))
for _, f in ipairs { function() return loop < loop end, function() return loop .. loop end, function() return loop() end, function() return #loop end, tostring, pairs } do
  pcall(f, loop)
end
local globals = _G
for name in next, globals do
  if name ~= "collectgarbage" and name ~= "lunatik" then globals[name] = nil end
end
