-- SPDX-License-Identifier: MIT
-- Remainders that are the slowest there are, in code without a jump.
--
-- ends: ETIME
-- budget: 1 s
-- maxalloc: 64M
-- makes: the chunk
return "local a, b, x = 1.7976931348623157e308, 1.23456789012345e-308 while true do " .. ("x=a%b "):rep(100000) .. "end"
