-- SPDX-License-Identifier: MIT
-- Calls every function there is with every pair of values that are too large, too small, or something else. Where each
-- allocation is checked there is no time for all of it.
--
-- ends: well | ETIME
-- budget: 30 s
-- maxalloc: 1M
-- keeps: memory
-- One that has no end, but tires of being asked: or the first loop over it would be all that is tried.
local asked = 0
local function tire(value)
  asked = asked + 1
  if asked > 200 then
    error("enough")
  end
  return value
end
local extremes = {
  -1, 1, math.maxinteger, math.mininteger, math.huge, 0 / 0, 1 << 31, "", "%[\0", ("x"):rep(100), false,
  setmetatable({}, { __index = function(_, k) return tire(k) end, __newindex = tire, __len = function() return math.maxinteger end, __call = function(_, x) return x end }),
  print, coroutine.create(function() end),
}
-- what says too much, and what repeats nothing for ever
local left_out = { rep = true, print = true, error = true, log = true, send = true, collectgarbage = true, setmetatable = true }
local functions = {}
for _, library in pairs { _G, string, table, math, utf8, coroutine, os, debug } do
  for name, f in pairs(library) do
    if type(f) == "function" and not left_out[name] then
      functions[#functions + 1] = f
    end
  end
end
for _, f in ipairs(functions) do
  for _, a in ipairs(extremes) do
    asked = 0
    pcall(f, a)
    for _, b in ipairs(extremes) do
      asked = 0
      local co = coroutine.create(f)
      pcall(coroutine.resume, co, a, b)
      if a == "" or a == 1 or type(a) == "table" then
        pcall(f, a, b, b, b)
      end
    end
  end
end
