-- SPDX-License-Identifier: MIT
-- Recursion: everything at once.
--
-- ends: ECANCELED | ETIME
-- budget: 1 s
local function f()
  local m = { __index = function() return (("x"):gsub("x", f)) end, __tostring = function() coroutine.wrap(f)() return "" end }
  local t = setmetatable({}, m)
  pcall(function() return t.x end) xpcall(tostring, f, t) table.sort({2, 1}, function() return pcall(f) end)
  error("deep")
  end f()
