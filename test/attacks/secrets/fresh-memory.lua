-- SPDX-License-Identifier: MIT
-- Looks into memory that was somebody else's: what buffers, packs and tables have where nothing was put.
--
-- ends: well
-- budget: 20 s
local function clean(s)
  assert(not s:find("[^\0 x]"), "that was not put there")
end
for round = 1, 3 do
  for _, n in ipairs { 1, 7, 100, 255, 256, 257, 4000, 70000 } do
    clean(string.pack("!16 c" .. n .. " Xi16", ""))
    clean(string.format("%99s", ""))
    clean((" "):rep(n))
    clean(("x"):rep(n, "\0"))
    clean((("x"):rep(n):gsub("x", "%0")))
    clean(table.concat({ ("x"):rep(n) }, "", 1, 1))
  end
  local holes = { table.unpack({}, 1, 200) }
  for i = 1, 250 do
    assert(holes[i] == nil)
  end
  for k in pairs(holes) do error(k) end
  local function f(...)
    local a, b, c, d, e
    return a, b, c, d, e, ...
  end
  for i, v in pairs { f(nil, nil, nil) } do error(i) end
end
