-- SPDX-License-Identifier: MIT
-- Sends messages that have no bytes, but take memory.
--
-- ends: well
-- budget: 20 s
local refused
for i = 1, 20000 do
  refused = not lunatik.send("")
end
assert(refused)
