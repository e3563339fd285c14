-- SPDX-License-Identifier: MIT
-- A pattern of nested captures.
--
-- ends: ECANCELED too many captures
-- budget: 10 s
-- maxalloc: 64M
("a"):rep(100):match(("("):rep(40) .. "a" .. (")"):rep(40))
