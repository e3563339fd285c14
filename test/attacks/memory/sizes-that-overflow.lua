-- SPDX-License-Identifier: MIT
-- Asks for blocks of sizes that do not fit in what counts them.
--
-- ends: well
-- budget: 20 s
local function fails(f, ...)
  local ok, why = pcall(f, ...)
  assert(not ok, "that cannot be had")
  assert(why:find("memory") or why:find("large") or why:find("overflow") or why:find("too many") or why:find("too long")
    or why:find("invalid") or why:find("out of") or why:find("wrap"), why)
end
for _, n in ipairs { math.maxinteger, math.maxinteger - 1, 1 << 62, 1 << 40, (1 << 32) + 1, 1 << 31, (1 << 31) - 1 } do
  fails(string.rep, "x", n)
  fails(string.rep, "ab", n)
  fails(string.rep, "x", n, "yy")
  fails(string.format, "%" .. n .. "d", 1)
  fails(string.pack, "c" .. n, "")
  fails(table.unpack, {}, 1, n)
  fails(table.unpack, {}, math.mininteger, n)
  fails(table.concat, {}, "x", 1, n)
end
fails(table.unpack, {}, math.mininteger, math.maxinteger)
fails(table.move, {}, 1, math.maxinteger, 2)
fails(table.insert, {}, math.maxinteger, 1)
