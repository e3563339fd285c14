-- SPDX-License-Identifier: MIT
-- Chunks named by control characters, by nothing, by a megabyte; and errors at levels that are none.
--
-- ends: well
-- budget: 20 s
-- maxalloc: 64M
for _, name in ipairs { "", "=", "@", "=\27[31m", "@\0x", "x\ny", ("x"):rep(1 << 20), "=" .. ("x"):rep(1 << 20), "@" .. ("\n"):rep(1 << 20), "\27Lua" } do
  local f = assert(load("error('here', ...)", name))
  for _, level in ipairs { 0, 1, 2, 3, 100, -1, math.maxinteger, math.mininteger } do
    local ok, why = pcall(f, level)
    assert(not ok and type(why) == "string" and #why < 200)
  end
  local g, why = load("x x", name)
  assert(g == nil and #why < 300)
  assert(#debug.getinfo(f).short_src <= 60)
end
assert(not pcall(error) and select(2, pcall(error, nil)) == nil and select(2, pcall(error, {}, 2)) ~= nil)
