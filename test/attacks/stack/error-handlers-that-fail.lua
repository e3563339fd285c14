-- SPDX-License-Identifier: MIT
-- Recursion: error handlers that fail.
--
-- ends: ECANCELED
-- budget: 10 s
local function h() local x = nil + 1 end for i = 1, 10 do xpcall(error, h) end error((select(2, xpcall(error, h))), 0)
