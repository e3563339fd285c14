-- SPDX-License-Identifier: MIT
-- Sends without end, to nobody.
--
-- ends: ETIME
-- keeps: memory
while true do
  lunatik.send(("x"):rep(32768))
  lunatik.send("")
  pcall(lunatik.send, ("x"):rep(32769))
end
