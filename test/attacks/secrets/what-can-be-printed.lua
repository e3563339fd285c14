-- SPDX-License-Identifier: MIT
-- Everything that can become text: all values there are, as text in every way, and the errors about them.
--
-- ends: well
-- budget: 5 s
local texts = {}
local function keep(...)
  for i = 1, select("#", ...) do texts[#texts + 1] = tostring((select(i, ...))) end
end
local seen = {}
local function walk(value)
  keep(value, string.format("%p", value), string.format("%s", value))
  keep(select(2, pcall(function() return value + {} end)), select(2, pcall(function() return value < {} end)))
  keep(select(2, pcall(math.abs, value)), select(2, pcall(string.format, "%d", value)))
  if type(value) == "function" then
    for k, v in pairs(debug.getinfo(value)) do keep(k, v) end
  end
  if type(value) ~= "table" or seen[value] then return end
  seen[value] = true
  for k, v in next, value do
    walk(k)
    walk(v)
  end
end
walk(_G)
walk(getmetatable(""))
walk(coroutine.running())
walk(coroutine.create(print))
keep(debug.traceback(), debug.traceback(coroutine.create(print)), collectgarbage("count"), lunatik.netns, os.time(), os.clock())
keep(math.randomseed())
local a, b = math.randomseed(1)
print(table.concat(texts, "\n"))
for i = 1, 100 do
  texts[i] = ("%p"):format({})
end
return a, b, table.concat(texts, "\n", 1, 100)
