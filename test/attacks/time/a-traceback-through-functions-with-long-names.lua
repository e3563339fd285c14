-- SPDX-License-Identifier: MIT
-- Fails in functions whose own names are as long as a state has room for.
--
-- ends: ECANCELED deep
-- budget: 20 s
-- maxalloc: 256M
local f
local t = setmetatable({}, { __index = function() return f end })
local count, piece = 0, ("x"):rep(1 << 20)
f = assert(load(function()
  count = count + 1
  if count == 1 then return "local t, n = ... if n == 0 then error('deep') end return t." end
  if count <= 100 then return piece end
  if count == 101 then return "(t, n - 1) + 1" end
end))
f(t, 3)
