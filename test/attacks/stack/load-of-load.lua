-- SPDX-License-Identifier: MIT
-- Recursion: load of load.
--
-- ends: ECANCELED | ETIME
-- budget: 1 s
function f() load("f()")() error("deep") end f()
