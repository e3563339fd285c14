-- SPDX-License-Identifier: MIT
-- A chunk with as many gotos as there may be, all to one label at its end: taking each off the list of those that wait
-- moves all the others.
--
-- ends: ETIME | well
-- budget: 300 ms
-- maxalloc: 64M
load(("goto a "):rep(32000) .. "::a::")
