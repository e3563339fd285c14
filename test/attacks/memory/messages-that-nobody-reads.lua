-- SPDX-License-Identifier: MIT
-- Sends far more than the queue holds.
--
-- ends: well
-- budget: 20 s
local refused
for i = 1, 100 do
  refused = not lunatik.send(("x"):rep(32768))
end
assert(refused)
