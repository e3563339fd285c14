-- SPDX-License-Identifier: MIT
-- Ends by an error of nearly all memory there is.
--
-- ends: ECANCELED xxxx
-- budget: 20 s
error(("x"):rep(lunatik.maxalloc() // 5), 0)
