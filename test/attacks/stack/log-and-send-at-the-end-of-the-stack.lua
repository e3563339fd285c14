-- SPDX-License-Identifier: MIT
-- The kernel's log, the queue and other modules' libraries are asked for where the least is left: what they call is not Lua's.
--
-- ends: ECANCELED | ETIME
-- budget: 2 s
local function deeper()
  lunatik.log("debug", ("x"):rep(300))
  lunatik.send(("m"):rep(20000))
  print(("p"):rep(5000))
  pcall(require, "nothing")
  pcall(string.gsub, "x", "x", deeper)
  error("deep")
end
deeper()
