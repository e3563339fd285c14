-- SPDX-License-Identifier: MIT
-- Repeat until.
--
-- ends: ETIME
repeat local x = 1 until false
