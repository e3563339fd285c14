-- SPDX-License-Identifier: MIT
-- Invalid UTF-8, and zeros, through everything that takes strings.
--
-- ends: well
-- budget: 20 s
for _, s in ipairs { "\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\x80\x80", "a\0b", "\0", "\u{7fffffff}" } do
  assert(utf8.len(s) == nil or #s < 4)
  pcall(utf8.codepoint, s, 1, -1)
  pcall(utf8.offset, s, 2)
  pcall(utf8.offset, s, -2)
  pcall(function() for _ in utf8.codes(s) do end end)
  pcall(function() for _ in utf8.codes(s, true) do end end)
  assert(#s:rep(3, "\0") == 3 * #s + 2 and s:reverse():reverse() == s and #s:upper():lower() == #s)
  assert((s .. s):find(s, 1, true) == 1 and s:byte(-1) == s:byte(#s) and select("#", s:byte(1, -1)) == #s)
  assert(({ [s] = s })[s] == s and s == ("%s"):format(s) and s < s .. "\0" and s <= s and not (s < s))
  assert(load("return " .. ("%q"):format(s))() == s)
  assert(string.unpack("s4", string.pack("s4", s)) == s)
  assert(not pcall(string.pack, "z", s) == (s:find("\0", 1, true) ~= nil))
  local ok, why = pcall(error, s, 0)
  assert(why == s)
  pcall(require, s)
  pcall(function() return setmetatable({}, { __index = function(_, k) error(k) end })[s] end)
  pcall(load, s, s)
end
assert("a\0b" > "a\0a" and "a\0" > "a" and ("a\0b"):find("%z") and ("\0"):rep(3):gsub("\0", "x") == "xxx")
assert(not pcall(utf8.char, -1) and not pcall(utf8.char, 1 << 31) and #utf8.char(0x7fffffff) == 6)
