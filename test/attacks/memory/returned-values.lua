-- SPDX-License-Identifier: MIT
-- Returns far more than is carried.
--
-- ends: well | ECANCELED not enough memory
-- budget: 20 s
local s = ("x"):rep(200000)
return s, s, s, s, s, s, s, s, s, s, { s, s, s }, { { { { s } } } }
