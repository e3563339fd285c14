-- SPDX-License-Identifier: MIT
-- Chunks are compiled, and fail to be, in readers, in callbacks of patterns, in comparators, in each other.
--
-- ends: ECANCELED | ETIME
-- budget: 2 s
local nested = ("do "):rep(40) .. ("end "):rep(40)
local function deeper()
  load(nested)
  load("return " .. ("{"):rep(25) .. ("}"):rep(25))
  load(("("):rep(200))
  pcall(table.sort, { 3, 2, 1 }, function()
    load(function() deeper() return nil end)
    return false
  end)
  error("deep")
end
deeper()
