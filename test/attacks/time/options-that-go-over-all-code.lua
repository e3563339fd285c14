-- SPDX-License-Identifier: MIT
-- For a function's name debug.getinfo goes over the code of its caller, which is long, and is asked for it often.
--
-- ends: ETIME
-- maxalloc: 64M
-- keeps: memory
caller = load("local call = ... local x " .. ("x = call "):rep(200000) .. "x = call() return x")
options = ("n"):rep(1 << 14)
-- then --
while true do
  caller(function()
    debug.getinfo(1, options)
    return 1
  end)
end
