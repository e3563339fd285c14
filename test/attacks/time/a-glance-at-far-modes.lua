-- SPDX-License-Identifier: MIT
-- And for which its collector looks for whether tables are weak at the end of a long chain of keys.
--
-- ends: well
-- budget: 20 s
-- maxalloc: 1M
-- keeps: memory
local BITS <const> = 11
local SLOTS <const> = (1 << BITS) - 1

-- The place of a text among 2^BITS, by what `next` comes to first.
local function place(text)
  local first, last = 0, SLOTS
  while first < last do
    local middle = (first + last) // 2
    local t = {}
    for i = 0, 1 << (BITS - 1) do
      t[(SLOTS << 22) + i] = true
    end
    for i = 0, 1 << (BITS - 1) do
      t[(SLOTS << 22) + i] = nil
    end
    t[text] = true
    t[(SLOTS << 22) + middle] = true
    if next(t) == text then last = middle else first = middle + 1 end
  end
  return first
end

-- With half as many places, before it grows at last, the keys are apart from each other and from the text.
local half, there = 1 << (BITS - 1), place("__mode")
meta = { __mode = "" }
local count, key = 1, 1 << 12
while count < half do
  key = key + 1
  if (key + there) % (half - 1) ~= there % half then
    meta[key * SLOTS + there] = false
    count = count + 1
  end
end
meta[(1 << 30) * SLOTS + there] = false
tables = {}
for i = 1, 100 do
  tables[i] = setmetatable({}, meta)
end
collectgarbage("incremental", 0, 1000, 60)
collectgarbage()
-- then --
local x
for i = 1, 300 do
  x = {}
end
