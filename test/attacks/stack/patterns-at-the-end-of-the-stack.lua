-- SPDX-License-Identifier: MIT
-- A pattern that recurses is matched where the least is left.
--
-- ends: ECANCELED | ETIME
-- budget: 2 s
local function deeper()
  pcall(string.find, ("a"):rep(300), ("a?"):rep(300) .. "b")
  pcall(string.gsub, "x", "x", deeper)
  error("deep")
end
deeper()
