-- SPDX-License-Identifier: MIT
-- Finds out at which place of its table a function is as a key, from the order in which `next` comes to the keys. Were it
-- its address modulo the size of the table, as Lua has it, then two sizes and a little arithmetic would tell the address.
--
-- ends: well
-- budget: 20 s
-- maxalloc: 64M
local function place(key, bits)
  local size = 1 << bits
  local t = {}
  for i = 1, size do
    t[-i] = true
  end
  for i = 1, size do
    t[-i] = nil
  end
  t[key] = true
  local modulus = size - 1
  local low, high = 0, modulus
  while low < high do
    local middle = (low + high) // 2
    local probe = middle + modulus * (1 << 31)
    t[probe] = true
    local first = next(t)
    t[probe] = nil
    if first == probe then low = middle + 1 else high = middle end
  end
  return low
end

-- where x is what the two places say, near enough for places that were a little off
local function address(key)
  local m, n = (1 << 16) - 1, (1 << 17) - 1
  local a, b = place(key, 16), place(key, 17)
  local found = {}
  for da = -1, 1 do
    for db = -1, 1 do
      for x = (a + da) % m, (1 << 32) - 1, m do
        if x % n == (b + db) % n then found[#found + 1] = x end
      end
    end
  end
  return table.unpack(found)
end
return { address(math.abs) }, { address(print) }, { address(string.format) }
