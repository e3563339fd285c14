-- SPDX-License-Identifier: MIT
-- The function with the largest frame is called where the least is left, with numbers that take the most to write.
--
-- ends: ECANCELED
-- budget: 30 s
local function deeper()
  pcall(string.format, "%99.99f %a %.99g %q %s", -1e308, 1e308, 0.1, math.mininteger, setmetatable({}, { __tostring = deeper }))
  pcall(string.gsub, "x", "x", deeper)
  error("deep")
end
deeper()
