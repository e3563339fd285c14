-- SPDX-License-Identifier: MIT
-- The same as the chunk itself.
--
-- ends: ENOEXEC attempt to load a binary chunk
-- budget: 20 s
-- makes: the chunk
return "\27Lua\x54\0\x19\x93\r\n\x1a\n\4\8\8" .. ("x"):rep(100)
