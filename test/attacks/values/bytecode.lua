-- SPDX-License-Identifier: MIT
-- Bytecode is refused however it comes; and there is none to be had.
--
-- ends: well
-- budget: 20 s
assert(string.dump == nil)
local header = "\27Lua\x54\0\x19\x93\r\n\x1a\n\4\8\8" .. ("x"):rep(100)
for _, mode in ipairs { "b", "bt", "tb", "t" } do
  local f, why = load(header, "=b", mode)
  assert(f == nil and why:find("bytecode") or why:find("binary"), why)
end
assert(not load(header) and not load("\27") and not load("\27Lua") and not load(function() return nil end, "\27", "b"))
local sent = false
assert(not load(function()
  if sent then return nil end
  sent = true
  return header
end))
local at = 0
assert(not load(function()
  at = at + 1
  return at <= #header and header:sub(at, at) or nil
end))
assert(not load("#!x\n" .. header) and not load(" " .. header) and not load("\xef\xbb\xbf" .. header) and not load("--\n" .. header))
assert(not load(header, header) and not load("return 1", "=x", "b") and not load("return 1", "=x", ""))
