-- SPDX-License-Identifier: MIT
-- Handlers fail, their handlers fail, and what is to be closed fails.
--
-- ends: ECANCELED | ETIME
-- budget: 2 s
local function deeper()
  local held <close> = setmetatable({}, { __close = function(_, e) error(debug.traceback(tostring(e))) end })
  xpcall(deeper, function(e) return e .. debug.traceback() .. nil end)
  error("deep")
end
deeper()
