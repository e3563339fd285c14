-- SPDX-License-Identifier: MIT
-- What a script can find out of hashes.

-- The place of a key that is no number among 2^bits, by what `next` comes to first.
local function place(key, bits)
  local slots = (1 << bits) - 1
  local first, last = 0, slots
  while first < last do
    local middle = (first + last) // 2
    local t = {}
    for i = 0, 1 << (bits - 1) do
      t[(slots << 22) + i] = true
    end
    for i = 0, 1 << (bits - 1) do
      t[(slots << 22) + i] = nil
    end
    t[key] = true
    t[(slots << 22) + middle] = true
    if next(t) == key then last = middle else first = middle + 1 end
  end
  return first
end

-- All 32 bits of what a function is hashed to: its places are remainders, by numbers that have no factor in common.
local function hash(key)
  local a, b, c = place(key, 13), place(key, 12), place(key, 11)
  for x = a, 0xffffffff, (1 << 13) - 1 do
    if x % ((1 << 12) - 1) == b and x % ((1 << 11) - 1) == c then return x end
  end
  error("no such hash")
end
