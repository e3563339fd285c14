-- SPDX-License-Identifier: MIT
-- Compiles functions that are mostly constants, and keeps them.
--
-- ends: ECANCELED not enough memory
-- budget: 20 s
-- maxalloc: 64K, 1M
local kept = {}
while true do
  local parts = {}
  for i = 1, 100 do
    parts[i] = ("%d.%d, 'k%d.%d'"):format(i, #kept, i, #kept)
  end
  kept[#kept + 1] = assert(load("return {" .. table.concat(parts, ",") .. "}"))
end
