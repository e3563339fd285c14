-- SPDX-License-Identifier: MIT
-- Weak tables.
--
-- ends: ETIME
while true do local t = setmetatable({}, {__mode = "kv"}) for i = 1, 10000 do t[{}] = {} end collectgarbage() end
