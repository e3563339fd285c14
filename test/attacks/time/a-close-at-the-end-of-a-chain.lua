-- SPDX-License-Identifier: MIT
-- Tens of thousands of variables to be closed after the end, whose `__close` is looked for behind all keys of a table: they
-- are made while it is a short way.
--
-- ends: ETIME | ECANCELED
-- budget: 2 s
-- maxalloc: 64M
-- keeps: memory
BITS = 16
SLOTS = (1 << BITS) - 1
HALF = 1 << (BITS - 1)
local sample = {}
for i = 0, HALF do sample[(SLOTS << 32) + i] = true end
for i = 0, HALF do sample[(SLOTS << 32) + i] = nil end
sample.__close = true
local first, last = 0, SLOTS
while first < last do
  local middle = (first + last) // 2
  local key = (SLOTS << 33) + middle
  sample[key] = true
  if next(sample) == "__close" then last = middle else first = middle + 1 end
  sample[key] = nil
end
THERE = first
-- then --
local methods = { __close = function() end }
local object = setmetatable({}, methods)

-- Keys that share a place with it once the table grows, but do not before.
local function make_a_chain()
  local count, key = 1, 1 << 12
  while count < HALF do
    key = key + 1
    if (key + THERE) % (HALF - 1) ~= THERE % HALF then
      methods[key * SLOTS + THERE] = false
      count = count + 1
    end
  end
  methods[(1 << 36) * SLOTS + THERE] = false
end

local variables = {}
for i = 1, 190 do variables[i] = "local x" .. i .. " <close> = object" end
local hold = load("local object, hold = ... return function(n) " .. table.concat(variables, " ") .. " hold(n - 1) end")
local function nest(n)
  if n > 0 then return hold(n) end
  make_a_chain()
  while true do end
end
hold = hold(object, nest)
pcall(nest, 200)
