-- SPDX-License-Identifier: MIT
-- An xpcall whose handler goes on.
--
-- ends: ETIME
-- by: budget, abort, client, namespace
local function h() while true do end end while true do xpcall(error, h) end
