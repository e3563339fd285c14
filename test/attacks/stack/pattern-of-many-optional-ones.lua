-- SPDX-License-Identifier: MIT
-- A pattern of many optional ones.
--
-- ends: ECANCELED pattern too complex
-- budget: 10 s
-- maxalloc: 64M
("a"):rep(200000):match(("a-"):rep(2000) .. "b")
