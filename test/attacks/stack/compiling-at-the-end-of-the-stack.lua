-- SPDX-License-Identifier: MIT
-- The compiler is called where the least is left.
--
-- ends: ECANCELED | ETIME
-- budget: 2 s
local text = "return " .. ("("):rep(30) .. "1" .. (")"):rep(30)
local function deeper()
  load(text)
  pcall(string.gsub, "x", "x", deeper)
  load(text)
  error("deep")
end
deeper()
