-- SPDX-License-Identifier: MIT
-- So is a sort that divides badly.
--
-- ends: ECANCELED | ETIME
-- budget: 2 s
local function deeper()
  local t = {}
  for i = 1, 300 do
    t[i] = i % 7
  end
  pcall(table.sort, t, function(a, b) return true end)
  pcall(string.gsub, "x", "x", deeper)
  error("deep")
end
deeper()
