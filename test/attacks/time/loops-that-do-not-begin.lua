-- SPDX-License-Identifier: MIT
-- Loops whose limits are numbers in text, as long as they may be, and which are over before they begin.
--
-- ends: ETIME
-- budget: 1 s
-- maxalloc: 64M
-- makes: the chunk
return "local s, z, o = 1, ('0'):rep(65000), ('0'):rep(65000) .. '1' while true do " .. ("for j=s,z,o do end "):rep(8000) .. "end"
