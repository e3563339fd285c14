-- SPDX-License-Identifier: MIT
-- To name what a call was about, the value is followed through two hundred variables.
--
-- ends: ECANCELED attempt to call
-- budget: 10 s
local lines = { "local v0 = nil" }
for i = 1, 190 do
  lines[#lines + 1] = ("local v%d = v%d"):format(i, i - 1)
end
lines[#lines + 1] = "v190()"
load(table.concat(lines, "\n"))()
