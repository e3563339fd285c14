-- SPDX-License-Identifier: MIT
-- Fields with names of many thousands of bytes, in code without a jump.
--
-- ends: ETIME
-- budget: 1 s
-- maxalloc: 64M
-- makes: the chunk
return "local k, l = ('a'):rep(60000), ('a'):rep(60000) local t, x = { [k] = 1 } while true do " .. ("x=t[l] t[l]=x "):rep(20000) .. "end"
