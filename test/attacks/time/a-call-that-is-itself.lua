-- SPDX-License-Identifier: MIT
-- Calls a table whose __call is that table: each step moves all arguments, and adds one.
--
-- ends: ETIME | ECANCELED
local t = {}
setmetatable(t, t)
t.__call = t
t()
