-- SPDX-License-Identifier: MIT
-- _ENV as anything that it can be.
--
-- ends: well
-- budget: 20 s
assert(not pcall(load("x = 1", "=x", "t", 5)) and not pcall(load("return x", "=x", "t", nil)) and load("return x", "=x", "t", "s")() == nil)
local env = setmetatable({}, { __index = function(_, k) return k end, __newindex = function() error("no") end })
assert(load("return x", "=x", "t", env)() == "x" and not pcall(load("x = 1", "=x", "t", env)))
local function f(_ENV) return x end
assert(f { x = 1 } == 1 and not pcall(f) and not pcall(f, 1))
do
  local _ENV <const> = { y = 2 }
  assert = nil
  z = y
end
assert(z == nil)
