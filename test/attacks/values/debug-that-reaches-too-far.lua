-- SPDX-License-Identifier: MIT
-- Of `debug` there are two functions, and neither touches.
--
-- ends: well
-- budget: 20 s
local names = {}
for name in pairs(debug) do names[#names + 1] = name end
table.sort(names)
assert(table.concat(names, " ") == "getinfo traceback")
for level = -3, 20 do
  local info = pcall(debug.getinfo, level) and debug.getinfo(level)
  if info then
    assert(info.short_src and info.what)
    if info.func and info.what == "C" then
      for _, args in ipairs { {}, { 1 }, { "x", {} }, { print, print } } do
        local f = info.func
        if f ~= pcall and f ~= debug.getinfo then pcall(f, table.unpack(args)) end
      end
    end
  end
end
assert(not pcall(debug.getinfo, 1, ">f") and not pcall(debug.getinfo, 1, "X") and not debug.getinfo(1 << 30))
assert(not pcall(debug.getinfo, coroutine.create(print), "x") and debug.getinfo(coroutine.create(print), 0) == nil)
assert(debug.traceback({}) ~= nil and debug.traceback(nil) and debug.traceback("x", 1 << 30) and debug.traceback("x", -1 << 30))
assert(debug.traceback(coroutine.create(print), "x", 5) and debug.getinfo(print).what == "C" and debug.getinfo(print, "L").activelines == nil)
