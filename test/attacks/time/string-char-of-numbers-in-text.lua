-- SPDX-License-Identifier: MIT
-- Characters whose codes are numbers in text, as long as they may be, by the hundred thousand.
--
-- ends: ETIME
-- budget: 1 s
-- maxalloc: 64M
local number, numbers = "0x" .. ("0"):rep(65000) .. "41", {}
for i = 1, 190000 do numbers[i] = number end
while true do string.char(table.unpack(numbers)) end
