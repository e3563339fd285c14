-- SPDX-License-Identifier: MIT
-- Table.pack.
--
-- ends: ECANCELED not enough memory
-- budget: 20 s
-- maxalloc: 64K, 1M
local t = {} while true do t[#t + 1] = table.pack(table.unpack({}, 1, 250)) end
