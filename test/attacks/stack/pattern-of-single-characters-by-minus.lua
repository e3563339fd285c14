-- SPDX-License-Identifier: MIT
-- A pattern of single characters by minus.
--
-- ends: well | ETIME
-- budget: 1 s
-- maxalloc: 64M
("a"):rep(300000):match(".-b")
