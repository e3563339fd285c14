-- SPDX-License-Identifier: MIT
-- Tables in tables.
--
-- ends: ECANCELED not enough memory
-- budget: 20 s
-- maxalloc: 64K, 1M
local t = {} while true do t = {t} end
