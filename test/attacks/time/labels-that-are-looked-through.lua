-- SPDX-License-Identifier: MIT
-- A chunk with as many labels as there may be, and gotos to the last: each looks through all of them.
--
-- ends: ETIME
-- budget: 300 ms
-- maxalloc: 64M
local labels = {}
for i = 1, 32000 do
  labels[i] = "::a" .. i .. "::"
end
local text = table.concat(labels) .. ("goto a32000 "):rep(1 << 16)
while true do
  load(text)
end
