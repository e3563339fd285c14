-- SPDX-License-Identifier: MIT
-- Asks for libraries that are not there, by names that are none.
--
-- ends: ETIME
-- budget: 500 ms
-- maxalloc: 64M
while true do
  for _, name in ipairs { "", "\0", "../x", ("x"):rep(1 << 20), "_UBOX*", "_G", "string", 1, 1.5 } do
    pcall(require, name)
  end
end
