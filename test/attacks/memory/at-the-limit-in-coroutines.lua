-- SPDX-License-Identifier: MIT
-- So do coroutines that hold what they have while others want it.
--
-- ends: ETIME
-- budget: 2 s
-- maxalloc: 64K, 1M
while true do
  local threads = {}
  for i = 1, 20 do
    threads[i] = coroutine.wrap(function()
      local held = {}
      while true do
        pcall(function() for j = 1, 100 do held[#held + 1] = { j } end end)
        coroutine.yield()
      end
    end)
  end
  for round = 1, 50 do
    for i = 1, 20 do pcall(threads[i]) end
  end
end
