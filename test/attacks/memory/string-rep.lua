-- SPDX-License-Identifier: MIT
-- String.rep.
--
-- ends: ECANCELED resulting string too large
-- budget: 20 s
-- maxalloc: 64K, 1M
return ("x"):rep(1 << 40)
