-- SPDX-License-Identifier: MIT
-- string.pack and string.unpack with sizes, positions and alignments that are none.
--
-- ends: well
-- budget: 20 s
for _, bad in ipairs { "i17", "i0", "!17", "!0i", "x7", "X", "Xz", "c", "s0", "s17", "i999999999999999999999", "!3Xi3", "y" } do
  assert(not pcall(string.pack, bad, 1, "") or bad == "x7", bad)
end
assert(not pcall(string.packsize, "s") and not pcall(string.packsize, "z") and not pcall(string.packsize, "c2147483647c2147483647c2147483647"))
assert(not pcall(string.unpack, "i4", "abc") and not pcall(string.unpack, "s8", "\xff\xff\xff\xff\xff\xff\xff\x7f") and not pcall(string.unpack, "z", "abc"))
assert(not pcall(string.unpack, "s8", ("\xff"):rep(8)) and not pcall(string.unpack, "c10", "abc", math.mininteger) and not pcall(string.unpack, "c1", "a", 3))
assert(not pcall(string.unpack, "i16", ("\x01"):rep(16)) and string.unpack("i16", ("\xff"):rep(16)) == -1)
assert(not pcall(string.pack, "i1", 128) and not pcall(string.pack, "I1", -1) and string.pack(">I3", 0x010203) == "\1\2\3")
assert(string.pack("!8 b Xi8 i8", 1, 2) == "\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0" and select("#", string.unpack("", "")) == 1)
assert(string.unpack("d", string.pack("d", 2^-1074)) == 2^-1074 and string.unpack("f", string.pack("f", 1e300)) == math.huge)
for i = 1, 16 do
  assert(string.unpack("<i" .. i, string.pack("<i" .. i, -2)) == -2)
end
