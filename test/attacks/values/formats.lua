-- SPDX-License-Identifier: MIT
-- string.format with all that it must refuse, and the longest that it may write.
--
-- ends: well
-- budget: 20 s
for _, bad in ipairs { "%", "%y", "%100d", "%.100f", "%#x%", "%0100d", "%n", "%hd", "%*d", "%$", "%1$d", "%ls", "%.1.1d", "% % %", "%" .. ("0"):rep(50) .. "d" } do
  assert(not pcall(string.format, bad, 1, 1, 1), bad)
end
assert(#string.format("%99.99f", -1e308) == 410 and #string.format("%.99f", 2^-1074) == 101 and #string.format("%99d", 1) == 99)
assert(string.format("%5.2s|", "abc") == "   ab|" and not pcall(string.format, "%5s", "a\0b") and string.format("%s", "a\0b") == "a\0b")
assert(string.format("%q", 1 / 0) == "1e9999" and string.format("%q", -1 / 0) == "-1e9999" and string.format("%q", 0 / 0) == "(0/0)")
assert(string.format("%q", math.mininteger) == "0x8000000000000000" and string.format("%a", 0.5) == "0x1p-1")
assert(string.format("%i %c %x", "10", 65, 255) == "10 A ff" and not pcall(string.format, "%d", 1.5) and not pcall(string.format, "%d", "1.5"))
assert(not pcall(string.format, "%s") and not pcall(string.format, "%q", {}) and string.format("%%") == "%" and string.format("%p", 1) == "(null)")
assert(string.format("%p", {}) ~= string.format("%p", {}) and string.format("%-30p", print):find("^0x%x+ +$"))
