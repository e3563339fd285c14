-- SPDX-License-Identifier: MIT
-- A pattern of captures.
--
-- ends: ECANCELED too many captures
-- budget: 10 s
-- maxalloc: 64M
("a"):rep(300000):match(("(a)"):rep(33))
