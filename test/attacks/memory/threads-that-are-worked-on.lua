-- SPDX-License-Identifier: MIT
-- What a thread does to another one fails for want of memory: it resumes one that is dead, or asks for the lines of the one
-- that has resumed it.
--
-- ends: ECANCELED not enough memory
-- budget: 20 s
-- maxalloc: 64K, 256K
local dead = coroutine.wrap(function() end)
dead()
local caller = coroutine.running()
local asking = coroutine.wrap(function()
  while true do
    pcall(debug.getinfo, caller, 1, "L")
    coroutine.yield()
  end
end)

-- Until there is no room for a table, and then for not even a short string.
local held
local strings, count = table.pack(table.unpack({}, 1, 200)), 0
local function hold_tables()
  while true do held = setmetatable({}, held) end
end
local function hold_strings()
  while true do
    count = count + 1
    strings[count] = "s" .. count
  end
end

pcall(hold_tables)
pcall(hold_strings)
for _ = 1, 10 do
  pcall(dead)
  pcall(asking)
end
held = nil
error("not enough memory", 0)
