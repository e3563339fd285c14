-- SPDX-License-Identifier: MIT
-- Code without a jump, a call or a loop does not come by a hook; and what it compares may be long.
--
-- ends: ETIME
-- budget: 1 s
-- maxalloc: 64M
-- makes: the chunk
local long = ("a"):rep(60000)
return "local s <const> = '" .. long .. "' local x = ('a'):rep(60000) while true do " .. ("if x==s then end "):rep(20000) .. " end"
