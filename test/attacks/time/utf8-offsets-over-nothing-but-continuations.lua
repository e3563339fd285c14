-- SPDX-License-Identifier: MIT
-- Looks for the beginning of a character where there is none for a megabyte.
--
-- ends: ETIME
local s = ("\x80"):rep(1 << 18)
while true do
  pcall(utf8.offset, s, 0, #s)
  pcall(utf8.offset, "a" .. s, 2, 1)
  pcall(function()
    for _ in utf8.codes("a" .. s .. "b", true) do end
  end)
  pcall(utf8.len, s, 1, -1, true)
end
