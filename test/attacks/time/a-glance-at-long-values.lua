-- SPDX-License-Identifier: MIT
-- And what it returns is long.
--
-- ends: well
-- budget: 20 s
-- maxalloc: 1M
-- keeps: memory
a = ("\u{20ac}"):rep(33000)
collectgarbage()
-- then --
return a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a
