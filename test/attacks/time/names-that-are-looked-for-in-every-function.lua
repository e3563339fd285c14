-- SPDX-License-Identifier: MIT
-- Names that no function has are looked for among the variables of each of those around.
--
-- ends: ETIME
-- maxalloc: 64M
local text = {}
for f = 1, 11 do
  text[#text + 1] = "local function f() "
  for i = 1, 190 do
    text[#text + 1] = "local l" .. i .. " "
  end
end
text[#text + 1] = "x = { " .. ("a,"):rep(1 << 18) .. " }" .. (" end"):rep(11)
text = table.concat(text)
while true do
  load(text)
end
